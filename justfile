# Recipes for this repository. CI runs `just ready-all`.

# Run the checks before a push: format, lints, tests, documentation
ready:
    .ci/run format lints tests documentation

# Run everything that CI checks, with packages, hooks, foreign validators, licences and advisories
ready-all:
    .ci/run

# Run the tests
test:
    cargo test

# Check the example catalogue
examples:
    cargo run --release -- check examples --today 2026-11-25

# Regenerate all generated files; one run is enough
bless:
    BLESS=1 cargo test --test it editor::
    cargo run -- facts data/sources data/vendors
    cargo run -- docs docs
    INSTA_UPDATE=always BLESS=1 cargo test

# Format the code
fmt:
    cargo fmt --all
