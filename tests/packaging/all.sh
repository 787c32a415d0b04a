#!/usr/bin/env bash
# All packaging scripts, on a binary that is built first; the wheel goes into the hook that needs no Rust.
set -euo pipefail
cd "$(dirname "$0")/../.."
cargo build --locked --quiet
bash tests/packaging/wheel.sh
wheel=$(find "$PWD/target/wheels" -name '*.whl' 2>/dev/null | head -n 1)
bash tests/packaging/precommit.sh "$wheel"
bash tests/packaging/action.sh
bash tests/packaging/snippets.sh
bash tests/packaging/crate.sh
