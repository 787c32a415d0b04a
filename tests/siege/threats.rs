//! `docs/threats.md` names a test for each sentence, and each of these tests must exist.

use crate::common;

#[test]
fn every_sentence_has_the_test_that_it_names() {
    let page = std::fs::read_to_string(common::root().join("docs/threats.md")).expect("the page");
    let mut sentences = 0;
    for row in page
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| threat ") && !line.starts_with("| ---"))
    {
        sentences += 1;
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        let [_, sentence, tests] = cells.as_slice() else { panic!("three cells: {row}") };
        assert!(sentence.trim().ends_with('.'), "a sentence: {row}");
        let names: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "no test: {row}");
        for name in names {
            let (file, test) = name.split_once(": ").unwrap_or_else(|| panic!("`file: test`: {name}"));
            let source = std::fs::read_to_string(common::root().join("tests").join(file))
                .unwrap_or_else(|error| panic!("{file}: {error}"));
            let at = source.find(&format!("fn {test}(")).unwrap_or_else(|| panic!("there is no test {test} in {file}"));
            // Lines such as `#[cfg(…)]` may stand between `#[test]` and the function.
            let head: String = source.get(..at).unwrap_or_default().lines().rev().take(4).collect();
            assert!(head.contains("#[test]"), "{test} in {file} is not a test");
        }
    }
    assert!(sentences >= 30, "{sentences}");
}

#[test]
fn untested_threats_are_marked() {
    let page = std::fs::read_to_string(common::root().join("docs/threats.md")).expect("the page");
    let open = page.split_once("\n## Without a test\n").expect("the section").1;
    let table = page.split_once("\n## Without a test\n").expect("the section").0;
    for threat in (1..=10)
        .map(|nth| format!("F{nth}"))
        .chain((1..=7).map(|nth| format!("R{nth}")))
        .chain((1..=7).map(|nth| format!("S{nth}")))
        .chain((1..=5).map(|nth| format!("O{nth}")))
    {
        let tested = table.lines().any(|line| line.starts_with(&format!("| {threat} ")));
        assert!(
            tested || open.contains(&format!("- {threat},")),
            "{threat} has neither a test nor the mark of an untested threat"
        );
    }
}
