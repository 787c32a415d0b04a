#!/usr/bin/env bash
# Runs foreign validators on leaver's reports about the examples: sarif-tools, xmllint, the YAML language server, OPA.
# Lists the validators that cannot be installed. All others must accept the reports.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
missing() { echo "not checked: $*"; }

cargo build --locked --quiet
leaver=$PWD/target/debug/leaver
export LEAVER_TODAY=2026-11-25
status=0
"$leaver" check examples -o sarif="$work/r.sarif" -o junit="$work/r.xml" -o json="$work/r.json" --quiet >/dev/null || status=$?
[ "$status" = 1 ] || { echo "leaver check examples gave $status, expected 1"; exit 1; }

if ! command -v xmllint >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  { apt-get update -qq && apt-get install -y -qq libxml2-utils; } >/dev/null 2>&1 || true
fi
if command -v xmllint >/dev/null; then
  xmllint --noout --schema tests/foreign/junit-10.xsd "$work/r.xml" 2>/dev/null
  count=0
  for snapshot in tests/snapshots/*.junit.snap; do
    sed "1,/^---\$/d" "$snapshot" >"$work/s.xml"
    xmllint --noout --schema tests/foreign/junit-10.xsd "$work/s.xml" 2>/dev/null || { echo "not valid: $snapshot"; exit 1; }
    count=$((count + 1))
  done
  echo "junit: the examples and $count snapshots are valid by the XSD of Jenkins"
else
  missing "xmllint"
fi

if python3 -m venv "$work/venv" >/dev/null 2>&1 && "$work/venv/bin/pip" install --quiet sarif-tools jsonschema >/dev/null 2>&1; then
  "$work/venv/bin/sarif" summary "$work/r.sarif" >"$work/summary.txt"
  echo "sarif-tools: $(grep -m 1 "^error:" "$work/summary.txt")"
  "$work/venv/bin/python" - "$work/r.json" schemas/report.schema.json <<'PY'
import json, sys
import jsonschema
report, schema = (json.load(open(path)) for path in sys.argv[1:3])
jsonschema.Draft202012Validator.check_schema(schema)
errors = list(jsonschema.Draft202012Validator(schema).iter_errors(report))
for error in errors[:5]:
    print(error.json_path, error.message[:200])
sys.exit(bool(errors))
PY
  echo "json: valid by its published schema, checked with python-jsonschema"
  # This package is the real OPA engine, called through ctypes. It declares a newer Python than it needs, and has wheels for few systems.
  if "$work/venv/bin/pip" install --quiet --ignore-requires-python opa-golib-python-bindings >/dev/null 2>&1; then
    "$leaver" bundle examples -o "$work/bundle.tar.gz" >/dev/null
    "$work/venv/bin/python" tests/foreign/opa.py "$work/bundle.tar.gz" "$work/r.json"
    for seed in 1 2 3; do "$work/venv/bin/python" tests/foreign/opa_fuzz.py "$leaver" "$seed" 200; done
  else
    missing "OPA (its Python binding has no wheel for this system)"
  fi
else
  missing "sarif-tools, python-jsonschema and OPA (no network or no Python)"
fi

if command -v npm >/dev/null && npm install --silent --no-fund --no-audit --prefix "$work/node" yaml-language-server >/dev/null 2>&1; then
  node tests/foreign/language_server.mjs "$work/node/node_modules/yaml-language-server/bin/yaml-language-server" schemas/leaver.schema.json
else
  missing "the YAML language server (no npm or no network)"
fi
