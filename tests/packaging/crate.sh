#!/usr/bin/env bash
# Tests the crates and the release archive. Each crate must contain exactly the files that it is built from, and must compile without the repository.
# The archive must contain all files, shells must accept the completions, and mandoc must accept the manual pages.
# shellcheck source=tests/packaging/common.sh
. "$(dirname "$0")/common.sh"
cd "$root"
shown=$work/log

cargo package --package leaver --locked --allow-dirty --list >"$shown" 2>/dev/null
for file in src/main.rs build.rs Cargo.lock README.md LICENSE-MIT LICENSE-APACHE policies/jit/no-update-owner/rule.rego \
  policies/jit/no-update-owner/rule.md policies/retired.yaml data/profiles/default.yaml schemas/leaver.schema.json; do
  if [ -e "$file" ]; then expect "the crate has $file" grep -qxF "$file" "$shown"; fi
done
for folder in policies data schemas; do
  # These files are built into the binary. The sources of generated data stay in the repository.
  expect "the crate has all of $folder" is "$(grep -c "^$folder/" "$shown")" "$(git ls-files -co --exclude-standard "$folder" | grep -vc '^data/sources/')"
done
expect "the crate has nothing else" is "$(grep -vcE '^(src|policies|data|schemas)/|^(build\.rs|README\.md|CHANGELOG\.md|LICENSE-(MIT|APACHE)|Cargo\.(toml|toml\.orig|lock)|\.cargo_vcs_info\.json)$' "$shown")" 0
core=crates/leaver-core
cargo package --package leaver-core --locked --allow-dirty --list >"$shown" 2>/dev/null
for folder in src data; do
  expect "the crate of the core has all of $folder" is "$(grep -c "^$folder/" "$shown")" "$(git ls-files -co --exclude-standard "$core/$folder" | wc -l)"
done
for file in LICENSE-MIT LICENSE-APACHE; do
  expect "the crate of the core has $file" grep -qxF "$file" "$shown"
done
expect "the crate of the core has nothing else" is "$(grep -vcE '^(src|data)/|^(LICENSE-(MIT|APACHE)|Cargo\.(toml|toml\.orig|lock)|\.cargo_vcs_info\.json)$' "$shown")" 0
code=0
cargo package --workspace --locked --allow-dirty --offline --quiet --no-verify >"$shown" 2>&1 || code=$?
expect "the crates can be packed" is "$code" 0
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
# `--no-verify`, because cargo would verify the core separately, with other features of the dependencies, and compile the dependencies again. The check
# below covers both crates, since it runs the build script and reads every file that the crates include.
# All packed files have the same fixed time: without -m, cargo would not notice that a file changed since the previous run.
for name in leaver leaver-core; do
  # The previous run may have left files that were renamed since then.
  rm -rf "target/package/$name-$version"
  tar -xzmf "target/package/$name-$version.crate" -C target/package
done
echo "[workspace]" >>"target/package/leaver-$version/Cargo.toml"
code=0
cargo check --offline --quiet --target-dir target --manifest-path "target/package/leaver-$version/Cargo.toml" \
  --config "patch.crates-io.leaver-core.path='$root/target/package/leaver-core-$version'" >"$shown" 2>&1 || code=$?
expect "the packed crates compile without the repository" is "$code" 0
# The packaged copies share target/ with the checkout. If their fingerprints stayed, cargo would not notice later edits of files that build.rs
# includes.
grep -rlE --include='dep-*' "package/leaver(-core)?-$version" target/debug/.fingerprint 2>/dev/null | while read -r file; do
  rm -rf "$(dirname "$file")"
done
expect "the packed crates are small" [ "$(cat "target/package/leaver-$version.crate" "target/package/leaver-core-$version.crate" | wc -c)" -lt 3000000 ]

.github/release/archive.sh "$leaver" x86_64-unknown-linux-gnu "$work/dist"
mkdir "$work/archive"
tar -xzf "$work/dist/leaver-x86_64-unknown-linux-gnu.tar.gz" -C "$work/archive"
expect "the archive has the binary" "$work/archive/leaver" --version >/dev/null
for command in $("$leaver" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' | grep -vE '^(help|man)$'); do
  expect "the archive has the page of $command" [ -s "$work/archive/man/leaver-$command.1" ]
done

# Tests the completions in the shells themselves.
completions=$work/archive/completions
cat >"$work/try.bash" <<'BASH'
source "$1"
COMP_WORDS=(leaver ch) COMP_CWORD=1 && _leaver leaver ch leaver && echo "${COMPREPLY[@]}"
COMP_WORDS=(leaver check --trust) COMP_CWORD=2 && _leaver leaver --trust check && echo "${COMPREPLY[@]}"
BASH
bash "$work/try.bash" "$completions/leaver.bash" >"$shown" 2>&1 || true
expect "bash completes a command" grep -qx check "$shown"
expect "bash completes an option" grep -qx -- --trust-ref "$shown"
if debian zsh zsh; then
  expect "zsh reads its completions" zsh -n "$completions/leaver.zsh"
  # shellcheck disable=SC2016 # zsh expands it
  expect "zsh defines the completion function" zsh -fc 'autoload -Uz compinit; compinit -D -u; source "$1"; whence -w _leaver | grep -q function' zsh "$completions/leaver.zsh"
else missing "zsh"; fi
if debian fish fish; then
  # shellcheck disable=SC2016 # fish expands it
  HOME=$work fish --no-config -c 'source $argv[1]; complete -C "leaver ch"; complete -C "leaver check --trust"' "$completions/leaver.fish" >"$shown" 2>&1 || true
  expect "fish completes a command" grep -q '^check' "$shown"
  expect "fish completes an option" grep -q -- '^--trust-ref' "$shown"
else missing "fish"; fi
if debian elvish elvish; then
  # The variable of the completions exists only in an interactive session.
  { echo 'var completer = [&]'; sed 's/\$\?edit:completion:arg-completer/completer/' "$completions/leaver.elvish"; } >"$work/leaver.elv"
  expect "elvish compiles its completions" elvish -compileonly "$work/leaver.elv"
else missing "elvish"; fi
if command -v pwsh >/dev/null; then
  # shellcheck disable=SC2016 # PowerShell expands it
  expect "PowerShell reads its completions" pwsh -NoProfile -Command '. $args[0]' "$completions/leaver.powershell"
else missing "PowerShell (no package has it)"; fi
if debian mandoc mandoc; then
  for page in "$work"/archive/man/*.1; do
    expect "mandoc accepts $(basename "$page")" mandoc -T lint -W error "$page"
    mandoc -T utf8 "$page" | col -bx >"$shown"
    expect "$(basename "$page") has its sections" grep -qx NAME "$shown"
  done
  expect "the manual page of check lists its options" grep -qE '^ +--trust-ref' <(mandoc -T utf8 "$work/archive/man/leaver-check.1" | col -bx)
else missing "mandoc"; fi
conclude
