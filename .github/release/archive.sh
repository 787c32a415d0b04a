#!/usr/bin/env bash
# Packs a built binary as the release archive of a target, with licences, completions and manual pages.
# Usage: archive.sh BINARY TARGET FOLDER; writes FOLDER/leaver-TARGET.tar.gz, which action.yml and `cargo binstall` download.
set -euo pipefail
binary=$1 target=$2 folder=$3
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$folder" "$work/completions" "$work/man"
name=leaver
case $target in *windows*) name=leaver.exe ;; esac
cp "$binary" "$work/$name"
cp "$root/README.md" "$root/CHANGELOG.md" "$root/LICENSE-MIT" "$root/LICENSE-APACHE" "$work/"
for shell in bash elvish fish powershell zsh; do "$work/$name" completions "$shell" >"$work/completions/leaver.$shell"; done
"$work/$name" man >"$work/man/leaver.1"
# Ask leaver for its commands, since a fixed list would miss new ones.
commands=$("$work/$name" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' | grep -vE '^(help|man)$')
for command in $commands; do
  "$work/$name" man "$command" >"$work/man/leaver-$command.1"
done
tar -czf "$folder/leaver-$target.tar.gz" -C "$work" "$name" README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE completions man
