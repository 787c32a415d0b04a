//! The examples in docs/declare.md: each section is a catalogue without errors and warnings, and its commands print what the page shows.

use crate::common::{TODAY, code, folder, leaver, out, root};

/// For each fenced block, its info string and the range of its body in the page.
fn blocks(page: &str) -> Vec<(String, std::ops::Range<usize>)> {
    let mut blocks = Vec::new();
    let mut from = 0;
    while let Some(open) = page.get(from..).and_then(|rest| rest.find("\n```")) {
        let word = from + open + "\n```".len();
        let start = page[word..].find('\n').map_or(page.len(), |end| word + end + 1);
        let end = start + page[start..].find("```").expect("the block is closed");
        blocks.push((page[word..start].trim().to_owned(), start..end));
        from = end + 3;
    }
    blocks
}

/// Splits a command into its arguments, which may be in single quotes.
fn words(command: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for (nth, part) in command.split('\'').enumerate() {
        if nth % 2 == 1 {
            words.push(part);
        } else {
            words.extend(part.split_whitespace());
        }
    }
    words
}

#[test]
fn the_examples_of_the_page_work_as_described() {
    let path = root().join("docs/declare.md");
    let page = std::fs::read_to_string(&path).expect("the page");
    let (mut want, mut checked) = (String::new(), 0);
    for (nth, section) in page.split("\n## ").enumerate() {
        if nth > 0 {
            want.push_str("\n## ");
        }
        let blocks = blocks(section);
        // A section without files uses the files of the first section that has any.
        let own = |section: &str| {
            let files = self::blocks(section);
            let files = files
                .into_iter()
                .filter_map(|(word, body)| Some((word.strip_prefix("yaml ")?.to_owned(), section[body].to_owned())));
            files.collect::<Vec<_>>()
        };
        let mut files = own(section);
        if files.is_empty() {
            files = page.split("\n## ").map(own).find(|files| !files.is_empty()).unwrap_or_default();
        }
        files.push(("leaver.yaml".into(), "version: 1\n".into()));
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let folder = folder(&files);
        let output = leaver(folder.path(), &["check", "--today", TODAY, "-o", "concise"]);
        let printed = out(&output);
        // Open decisions of an app are infos.
        assert!(code(&output) == 0 && !printed.contains("warning[") && printed.contains("app"), "{section}\n{printed}");
        checked += 1;
        let mut text = section.to_owned();
        for (_, body) in blocks.iter().rev().filter(|(word, _)| word == "console") {
            let command = section[body.clone()]
                .lines()
                .next()
                .and_then(|line| line.strip_prefix("$ leaver "))
                .expect("a command");
            let output = leaver(folder.path(), &words(command));
            assert_eq!(code(&output), 0, "{command}");
            text.replace_range(body.clone(), &format!("$ leaver {command}\n{}", out(&output)));
        }
        want.push_str(&text);
    }
    assert!(checked > 4, "{checked}");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, &want).expect("written");
    } else {
        assert_eq!(page, want, "BLESS=1 rewrites the page");
    }
}
