#!/usr/bin/env bash
# Installs a release of leaver into PATH: downloads the archive for this runner, compares its checksum, and verifies with GitHub's attestation
# that the release workflow of leaver's repository built it. Input: INPUT_VERSION, GH_TOKEN and GitHub's own variables.
set -euo pipefail
# shellcheck source=.github/action/path.sh
. "${BASH_SOURCE[0]%/*}/path.sh"
outside_of "$(cd -- "${GITHUB_WORKSPACE:-.}" && pwd -P)"

repository=leaver-lint/leaver

fail() {
  printf '::error title=leaver::%s\n' "$1"
  exit 2
}

version=${INPUT_VERSION:-}
if [ "$version" = installed ]; then
  command -v leaver >/dev/null || fail "\`version: installed\`, but there is no leaver in PATH. A leaver inside the checkout does not count, because a change could replace it"
  exit 0
fi
if [ -z "$version" ]; then
  version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$GITHUB_ACTION_PATH/Cargo.toml" | head -n 1)
fi
version=${version#v}
# This also keeps slashes, spaces and line breaks out of the URL and the log.
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]] || fail "input \`version\` is not a version such as 0.1.0"

case "${RUNNER_OS:-}-${RUNNER_ARCH:-}" in
  Linux-X64) target=x86_64-unknown-linux-musl ;;
  Linux-ARM64) target=aarch64-unknown-linux-musl ;;
  macOS-X64) target=x86_64-apple-darwin ;;
  macOS-ARM64) target=aarch64-apple-darwin ;;
  Windows-X64) target=x86_64-pc-windows-msvc ;;
  *) fail "there is no release for this runner (${RUNNER_OS:-unknown}, ${RUNNER_ARCH:-unknown}): build leaver, and set \`version: installed\`" ;;
esac

folder=$RUNNER_TEMP/leaver-$version
archive=leaver-$target.tar.gz
mkdir -p "$folder"
cd "$folder"
for name in "$archive" SHA256SUMS; do
  curl --disable --fail --silent --show-error --location --proto '=https' --retry 3 --output "$name" \
    "https://github.com/$repository/releases/download/v$version/$name" || fail "cannot download $name of release v$version"
done

sums() { if command -v sha256sum >/dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi; }
expected=$(awk -v name="$archive" '$2 == name || $2 == "*" name { print $1 }' SHA256SUMS)
actual=$(sums "$archive" | awk '{ print $1 }')
if [ "${expected:-none}" != "$actual" ]; then fail "the checksum of $archive is not the one in SHA256SUMS of release v$version"; fi

# A checksum comes from the same place as the archive, so it only detects damage. The attestation proves who built the archive.
if command -v gh >/dev/null && [ -n "${GH_TOKEN:-}" ]; then
  gh attestation verify "$archive" --repo "$repository" --signer-workflow "$repository/.github/workflows/release.yml" >/dev/null || fail "$archive was not built by the release workflow of $repository"
else
  echo "::warning title=leaver::the attestation of $archive was not verified, because gh or the token is missing"
fi

tar -xzf "$archive"
[ -f leaver ] || [ -f leaver.exe ] || fail "$archive does not contain leaver"
printf '%s\n' "$folder" >>"$GITHUB_PATH"
