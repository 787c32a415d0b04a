//! Reads the tests from `rule.md`: each YAML block is a test. A comment `# finding: group/name` marks a line on which the rule must report a finding.

use std::{collections::BTreeMap, collections::BTreeSet};

use serde_json::Value;

use crate::rule::RuleId;

/// The heading above a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// `## Bad`
    Bad,
    /// `## Good`
    Good,
    /// `## Boundary`
    Boundary,
    /// Any other heading.
    Other,
}

/// A YAML block of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// The heading above the block.
    pub section: Section,
    /// The line number of the first line of YAML, from 1.
    pub line: usize,
    /// The YAML.
    pub yaml: String,
    /// The expected findings: line in the page, and rule.
    pub expected: BTreeSet<(usize, RuleId)>,
    /// `today=` of the info line.
    pub today: Option<String>,
    /// `params=` of the info line.
    pub params: BTreeMap<String, Value>,
}

/// An error in a page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct PageError {
    /// The line, from 1.
    pub line: usize,
    /// The reason.
    pub reason: String,
}

/// Reads the YAML blocks of a page, in order.
pub fn blocks(page: &str) -> Result<Vec<Block>, PageError> {
    let mut blocks = Vec::new();
    let mut section = Section::Other;
    let mut open: Option<Block> = None;
    let mut fenced = false;
    for (index, line) in page.lines().enumerate() {
        let number = index + 1;
        let error = |reason: String| PageError { line: number, reason };
        match &mut open {
            Some(_) if line.trim_end() == "```" => blocks.extend(open.take()),
            Some(block) => {
                for rule in marks(line) {
                    block
                        .expected
                        .insert((number, rule.parse().map_err(|bad: crate::rule::BadRuleId| error(bad.to_string()))?));
                }
                block.yaml.push_str(line);
                block.yaml.push('\n');
            }
            None if fenced => fenced = line.trim_end() != "```",
            None => match line.strip_prefix("```yaml") {
                Some(info) => {
                    let mut block = Block {
                        section,
                        line: number + 1,
                        yaml: String::new(),
                        expected: BTreeSet::new(),
                        today: None,
                        params: BTreeMap::new(),
                    };
                    for word in info.split_whitespace() {
                        match word.split_once('=') {
                            Some(("today", day)) => block.today = Some(day.to_owned()),
                            Some(("params", json)) => {
                                block.params = serde_json::from_str(json)
                                    .map_err(|bad| error(format!("`params` is not JSON: {bad}")))?;
                            }
                            _ => return Err(error(format!("`{word}` is neither today=… nor params=…"))),
                        }
                    }
                    open = Some(block);
                }
                _ if line.starts_with("```") => fenced = true,
                _ => {
                    section = match line.trim_end() {
                        "## Bad" => Section::Bad,
                        "## Good" => Section::Good,
                        "## Boundary" => Section::Boundary,
                        _ if line.starts_with("## ") => Section::Other,
                        _ => section,
                    }
                }
            },
        }
    }
    match open {
        Some(block) => Err(PageError { line: block.line, reason: "the block is not closed".into() }),
        None => Ok(blocks),
    }
}

/// Returns the rules that a `# finding:` comment names.
pub(crate) fn marks(line: &str) -> Vec<&str> {
    match line.split_once("# finding:") {
        Some((_, rules)) => rules.split(',').map(str::trim).collect(),
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "Prose.\n\n## Bad\n\n```yaml today=2026-01-02 params={\"maxDays\":3}\na: 1 # finding: jit/x, jit/y\n```\n\n```text\n```yaml\n```\n\n## Good\n\n```yaml\nb: 2\n```\n";

    #[test]
    fn blocks_have_lines_and_marks() {
        let found = blocks(PAGE).expect("a valid page");
        assert_eq!(found.len(), 2);
        let bad = found.first().expect("two");
        assert_eq!((bad.section, bad.line, bad.today.as_deref()), (Section::Bad, 6, Some("2026-01-02")));
        assert_eq!(bad.params.get("maxDays"), Some(&Value::from(3)));
        assert_eq!(
            bad.expected.iter().map(|(line, rule)| (*line, rule.as_str())).collect::<Vec<_>>(),
            [(6, "jit/x"), (6, "jit/y")]
        );
        assert_eq!(found.last().map(|block| (block.section, block.yaml.as_str())), Some((Section::Good, "b: 2\n")));
    }

    #[test]
    fn errors_have_a_line() {
        assert_eq!(blocks("```yaml\na: 1\n").map_err(|error| error.line), Err(2));
        assert_eq!(blocks("```yaml colour=red\n```\n").map_err(|error| error.line), Err(1));
        assert_eq!(blocks("\n```yaml\na: 1 # finding: Nope\n```\n").map_err(|error| error.line), Err(3));
    }
}
