//! The console blocks of README.md and examples/README.md, run as they stand there.

#[test]
fn the_pages_say_what_leaver_prints() {
    let cases = trycmd::TestCases::new();
    cases.register_bin("leaver", std::path::Path::new(env!("CARGO_BIN_EXE_leaver")));
    cases.env("NO_COLOR", "1");
    cases.case("README.md").case("examples/README.md");
}
