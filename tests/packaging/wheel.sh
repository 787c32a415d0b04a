#!/usr/bin/env bash
# Builds the wheel, installs it into an empty environment, and uses it. The second-to-last line of the output is the path of the wheel, which
# precommit.sh takes as an argument.
# shellcheck source=tests/packaging/common.sh
. "$(dirname "$0")/common.sh"
tools || { missing "the wheel (no network or no Python)"; exit 0; }
cd "$root"
# Use the profile of the tests to reuse their build. A release builds with `--release`.
rm -rf target/wheels
"$bin/maturin" build --quiet --locked --profile dev --strip --compression-level 1 --out target/wheels
wheel=$(echo target/wheels/*.whl)
shown=$work/log
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)

expect "one wheel, for any Python 3" grep -q "leaver-$version-py3-none-" <<<"$wheel"
python3 - "$wheel" >"$shown" <<'PY'
import sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
print("\n".join(wheel.namelist()))
print(wheel.read(next(n for n in wheel.namelist() if n.endswith("/METADATA"))).decode())
PY
expect "the wheel has the binary" has "$shown" "leaver-$version.data/scripts/leaver"
expect "the wheel has the licences" grep -q 'licenses/LICENSE-MIT' "$shown"
expect "the wheel has the name" grep -qx "Name: leaver" "$shown"
expect "the wheel has the licence expression" grep -qx "License-Expression: MIT OR Apache-2.0" "$shown"
expect "the wheel has the README" has "$shown" "is a policy-as-code linter for account provisioning"

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-index --no-deps "$wheel"
installed=$work/venv/bin/leaver
mkdir "$work/elsewhere" && cp -r examples "$work/elsewhere/" && cd "$work/elsewhere"
expect "installed, it prints its version" is "$("$installed" --version)" "leaver $version"
code=0
env -i LEAVER_TODAY="$LEAVER_TODAY" "$installed" check examples >"$shown" 2>&1 || code=$?
expect "it finds the faults of the examples" is "$code" 1
code=0
env -i LEAVER_TODAY="$LEAVER_TODAY" "$installed" check examples/clean >"$shown" 2>&1 || code=$?
expect "it finds no faults in the clean examples" is "$code" 0
"$work/venv/bin/pip" uninstall --quiet --yes leaver
expect "it can be uninstalled" [ ! -e "$installed" ]
echo "$root/$wheel"
conclude
