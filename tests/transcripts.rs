//! Runs the console blocks of README.md and examples/README.md and compares the output. A block consists of `$ leaver …`, of `? N` if the exit status
//! is not 0, and of the output. `BLESS=1` rewrites the blocks.

use std::process::Command;

use crate::common::root;

/// The byte ranges of the console blocks in a page.
fn blocks(page: &str) -> Vec<std::ops::Range<usize>> {
    const OPEN: &str = "```console\n";
    let mut blocks = Vec::new();
    let mut from = 0;
    while let Some(open) = page[from..].find(OPEN) {
        let start = from + open + OPEN.len();
        let end = start + page[start..].find("\n```").expect("the block is closed") + 1;
        blocks.push(start..end);
        from = end;
    }
    blocks
}

/// Runs the command of a block and returns the expected block.
fn run(block: &str) -> String {
    let command = block.lines().next().and_then(|line| line.strip_prefix("$ leaver ")).expect("`$ leaver …`");
    let output = Command::new(env!("CARGO_BIN_EXE_leaver"))
        .args(command.split_whitespace())
        .current_dir(root())
        .env_clear()
        // Users have git in their PATH.
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("NO_COLOR", "1")
        .output()
        .expect("leaver starts");
    let status = output.status.code().expect("an exit status");
    let status = if status == 0 { String::new() } else { format!("? {status}\n") };
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    format!("$ leaver {command}\n{status}{}{}", text(output.stdout), text(output.stderr))
}

/// Replaces the number of rules. Otherwise, each new rule would change the pages, and two branches that add a rule would conflict.
fn uncounted(text: &str) -> String {
    let words = text.split_inclusive(' ');
    let mut counted = words.clone().skip(1).chain([""]);
    let mut kept = String::new();
    for word in words {
        let next = counted.next().unwrap_or_default();
        let number = word.trim_end().trim_start_matches(|c: char| !c.is_ascii_digit());
        let is_count = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        if is_count && (next.trim_end() == "rules" || next == "of ") {
            kept.push_str(&word.replace(number, "N"));
        } else {
            kept.push_str(word);
        }
    }
    kept
}

#[test]
fn transcripts_do_not_depend_on_the_number_of_rules() {
    let page = "$ leaver check\nleaver: nothing found: 133 rules on 29 apps\n140 of 140 rules on, profile default\n";
    assert_eq!(uncounted(page), uncounted(&page.replace("133", "134").replace("140", "141")));
    assert_ne!(uncounted(page), uncounted(&page.replace("29", "30")));
}

#[test]
fn documented_output_is_up_to_date() {
    for name in ["README.md", "examples/README.md"] {
        let path = root().join(name);
        let mut page = std::fs::read_to_string(&path).expect("the page");
        let blocks = blocks(&page);
        assert!(!blocks.is_empty(), "{name} has no console block");
        // The blocks are replaced from the end, so that the ranges of earlier blocks stay valid.
        for block in blocks.into_iter().rev() {
            let (written, printed) = (page[block.clone()].to_owned(), run(&page[block.clone()]));
            let same = uncounted(written.trim_end()) == uncounted(printed.trim_end());
            if std::env::var_os("BLESS").is_none() {
                assert!(same, "{name}: run `just bless` and read the diff\n{written}\n---\n{printed}");
            } else if !same {
                page.replace_range(block, &printed);
            }
        }
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&path, page).expect("the page is writable");
        }
    }
}
