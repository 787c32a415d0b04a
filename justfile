# What is done to this repository. `just ready` is what CI runs.

# Everything that CI checks
ready:
    .ci/run

# The tests
test:
    cargo test

# The example catalogue
examples:
    cargo run --release -- check examples --today 2026-11-25

# Rewrite what is made from something else: rule pages and snapshots. Once is enough
bless:
    cargo run -- facts data/sources data/vendors
    cargo run -- docs docs/rules
    INSTA_UPDATE=always BLESS=1 cargo test

# Format the code
fmt:
    cargo fmt
