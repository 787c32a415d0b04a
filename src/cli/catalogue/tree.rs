//! Renders a tree of values as lines of YAML. Each line refers to the value that it shows.

use crate::source::{Node, Yaml};

/// A line of YAML.
pub(super) struct Line<'n> {
    pub(super) text: String,
    /// The value on the line, or the list that starts below the line; `None` if a mapping starts below the line.
    pub(super) written: Option<&'n Node>,
}

/// Renders a mapping. `wanted` selects values by their paths.
pub(super) fn lines<'n>(root: &'n Node, wanted: &dyn Fn(&[&str]) -> bool) -> Vec<Line<'n>> {
    let mut lines = Vec::new();
    map(root, 0, &mut Vec::new(), wanted, &mut lines);
    lines
}

fn map<'n>(
    node: &'n Node,
    indent: usize,
    path: &mut Vec<&'n str>,
    wanted: &dyn Fn(&[&str]) -> bool,
    lines: &mut Vec<Line<'n>>,
) {
    for entry in node.entries() {
        path.push(&entry.key);
        if wanted(path) {
            value(&format!("{}{}:", " ".repeat(indent), text(&entry.key)), &entry.value, indent, path, wanted, lines);
        }
        path.pop();
    }
}

/// Renders a value. `start` is the text before the value on its line.
fn value<'n>(
    start: &str,
    node: &'n Node,
    indent: usize,
    path: &mut Vec<&'n str>,
    wanted: &dyn Fn(&[&str]) -> bool,
    lines: &mut Vec<Line<'n>>,
) {
    match node.value() {
        Yaml::Map(entries) if !entries.is_empty() => {
            lines.push(Line { text: start.to_owned(), written: None });
            map(node, indent + 2, path, wanted, lines);
        }
        Yaml::List(items) if !items.is_empty() => {
            if items.iter().all(|item| !matches!(item.value(), Yaml::Map(_) | Yaml::List(_))) {
                let items: Vec<String> = items.iter().map(scalar).collect();
                lines.push(Line { text: format!("{start} [{}]", items.join(", ")), written: Some(node) });
                return;
            }
            lines.push(Line { text: start.to_owned(), written: Some(node) });
            for item in items.iter() {
                let from = lines.len();
                // The first line of an item begins with a dash instead of a space.
                match item.value() {
                    Yaml::Map(entries) if !entries.is_empty() => map(item, indent + 4, path, &|_| true, lines),
                    _ => value(&" ".repeat(indent + 3), item, indent + 4, path, &|_| true, lines),
                }
                if let Some(first) = lines.get_mut(from) {
                    let rest = first.text.trim_start().to_owned();
                    first.text = format!("{}- {rest}", " ".repeat(indent + 2));
                }
            }
        }
        _ => lines.push(Line { text: format!("{start} {}", scalar(node)), written: Some(node) }),
    }
}

/// Writes a value on one line.
fn scalar(node: &Node) -> String {
    match node.value() {
        Yaml::Null => "null".into(),
        Yaml::Bool(value) => value.to_string(),
        Yaml::Int(value) => value.to_string(),
        Yaml::Float(value) => serde_json::Value::from(*value).to_string(),
        Yaml::Text(value) => text(value),
        Yaml::List(_) => "[]".into(),
        Yaml::Map(_) => "{}".into(),
    }
}

/// Writes a text so that YAML parses it back to the same text: without quotes if every version of YAML reads it as text, otherwise in JSON quotes,
/// which YAML 1.2 supports.
fn text(value: &str) -> String {
    let plain = value.starts_with(|c: char| c.is_ascii_alphabetic())
        && value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '@' | '+' | ' '))
        && !value.ends_with(' ')
        && crate::source::yaml11(value).is_none()
        && !matches!(
            value.to_ascii_lowercase().as_str(),
            "null" | "true" | "false" | "yes" | "no" | "on" | "off" | "y" | "n"
        );
    if plain { value.to_owned() } else { serde_json::Value::from(value).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceFile, YamlLimits, parse};

    #[test]
    fn the_lines_parse_back_to_the_same_value() {
        let text = r##"{a: {b: 1, "true": x}, c: [], d: {}, e: [1, "2", null, 2026-01-01, "on"], f: [{g: [h, {i: j}], k: "x: y"}, [[l]], {}],
            m: "two\nlines", n: -1.5, o: "", p: "# no comment", q: 'it''s', "r s": "- dash", t: "2026-01-01", u: "1e3"}"##;
        let read = |text: &str| {
            let mut parsed = parse(&SourceFile::new("a.yaml", text), &YamlLimits::default());
            assert!(parsed.problems.is_empty(), "{text}\n{:?}", parsed.problems);
            parsed.documents.remove(0).root
        };
        let root = read(text);
        let again: String = lines(&root, &|_| true).into_iter().map(|line| line.text + "\n").collect();
        assert!(read(&again).same_value(&root), "{again}");
        let part: String = lines(&root, &|path| path != ["a", "b"]).into_iter().map(|line| line.text + "\n").collect();
        assert!(read(&part).get("a").is_some_and(|a| a.get("b").is_none()), "{part}");
    }
}
