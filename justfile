# What is done to this repository. CI runs `just ready-all`.

# What a change needs before it is pushed: format, lints, tests, documentation
ready:
    .ci/run format lints tests documentation

# Everything that CI checks, with packages, hooks, foreign validators, licences and advisories
ready-all:
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
    cargo run -- docs docs
    INSTA_UPDATE=always BLESS=1 cargo test

# Format the code
fmt:
    cargo fmt
