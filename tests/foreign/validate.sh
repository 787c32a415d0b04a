#!/bin/sh
# Holds the snapshots of junit and sarif to foreign tools: xmllint with the schema of Jenkins, and sarif-tools.
# SARIF names the command of sarif-tools where it is not in PATH.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
snapshots=$here/../snapshots
sarif=${SARIF:-sarif}
for tool in xmllint "$sarif"; do
	command -v "$tool" >/dev/null || { echo "validate.sh: $tool is missing, see tests/foreign/README.md" >&2; exit 2; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0
for snapshot in "$snapshots"/*.junit.snap; do
	file=$work/$(basename "$snapshot" .junit.snap).xml
	sed '1,/^---$/d' "$snapshot" >"$file"
	xmllint --noout --schema "$here/junit-10.xsd" "$file"
	count=$((count + 1))
done
for snapshot in "$snapshots"/*.sarif.snap; do
	file=$work/$(basename "$snapshot" .sarif.snap).sarif
	sed '1,/^---$/d' "$snapshot" >"$file"
	"$sarif" summary "$file" >"$work/summary.txt"
	count=$((count + 1))
done
[ "$count" -ge 20 ] || { echo "validate.sh: only $count snapshots found" >&2; exit 2; }
echo "validate.sh: $count files are valid"
