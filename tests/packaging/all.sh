#!/usr/bin/env bash
# Builds the binary and runs all packaging scripts on it, two at a time, since each runs many short programs in sequence. One of the
# hooks uses the wheel, so the wheel is built first.
set -euo pipefail
cd "$(dirname "$0")/../.."
cargo build --locked --quiet
bash tests/packaging/wheel.sh
wheel=$(find "$PWD/target/wheels" -name '*.whl' 2>/dev/null | head -n 1)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
{
  bash tests/packaging/precommit.sh "$wheel"
  bash tests/packaging/snippets.sh
} >"$log" 2>&1 &
bash tests/packaging/action.sh || status=$?
bash tests/packaging/crate.sh || status=$?
wait $! || status=$?
cat "$log"
exit "$status"
