//! The one place where text from declarations is made harmless, each kind of reader with its own function. Nothing that came from a
//! file, a file name included, is written without one of these.

/// Whether a character can move the cursor, hide text or turn its direction: C0, DEL, C1, bidi controls, line and paragraph
/// separators, zero-width characters, tags (CVE-2021-42574 and its kin).
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// One line for a terminal or a log: hidden characters become visible `\u{…}`, and no runner takes the line for a command.
pub fn terminal(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) {
            safe.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
        } else {
            safe.push(c);
        }
    }
    log_line(&safe)
}

/// Breaks what workflow runners take for a command: `::` at the start of a line, `##[` and `##vso[` anywhere.
pub(super) fn log_line(text: &str) -> String {
    let mut safe = text.replace("##[", "## [").replace("##vso[", "##vso [");
    let trimmed = safe.trim_start();
    if trimmed.starts_with("::") {
        let at = safe.len() - trimmed.len();
        safe.insert(at + 1, '\u{200a}');
    }
    safe
}

/// A line of source: hidden characters become one replacement character each, so that columns stay; tabs stay too.
pub(super) fn source(text: &str) -> String {
    text.chars().map(|c| if is_hidden(c) && c != '\t' { '\u{fffd}' } else { c }).collect()
}

/// The data of a GitHub workflow command (`@actions/toolkit`, `escapeData`).
pub(super) fn github_data(text: &str) -> String {
    terminal(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a GitHub workflow command (`escapeProperty`).
pub(super) fn github_property(text: &str) -> String {
    github_data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A property or the data of an Azure Pipelines logging command.
pub(super) fn azure(text: &str) -> String {
    terminal(text)
        .replace('%', "%AZP25")
        .replace(';', "%3B")
        .replace(']', "%5D")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Inline Markdown: a code span with a fence longer than any run of backticks, in which links, mentions and HTML are inert.
pub(super) fn markdown_code(text: &str) -> String {
    let safe = terminal(text).replace('|', "¦");
    let (mut longest, mut run) = (0, 0);
    for c in safe.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    let pad = if safe.starts_with('`') || safe.ends_with('`') || safe.trim().is_empty() { " " } else { "" };
    format!("{fence}{pad}{safe}{pad}{fence}")
}

/// A Markdown sentence of ours that holds names of others: everything with a meaning is escaped, code spans in backticks are kept.
pub(super) fn markdown_text(text: &str) -> String {
    let safe = terminal(text);
    let mut out = String::with_capacity(safe.len());
    for (at, part) in safe.split('`').enumerate() {
        let closed = safe.split('`').count() % 2 == 1;
        if at % 2 == 1 && closed {
            out.push_str(&markdown_code(part));
            continue;
        }
        for c in part.chars() {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '@' => out.push_str("&#64;"),
                '|' => out.push_str("&#124;"),
                '\\' | '*' | '_' | '[' | ']' | '(' | ')' | '#' | '!' | '~' | '$' => {
                    out.push('\\');
                    out.push(c);
                }
                ':' => out.push_str("&#58;"),
                _ => out.push(c),
            }
        }
        if !closed && at + 1 < safe.split('`').count() {
            out.push_str("&#96;");
        }
    }
    out
}

/// A CSV cell that no spreadsheet takes for a formula (OWASP, CSV injection).
pub(crate) fn csv_cell(text: &str) -> String {
    let safe = terminal(text);
    if safe.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{safe}") } else { safe }
}

/// Text for XML 1.0, which has no way to write most control characters.
pub(crate) fn xml(text: &str) -> String {
    terminal(text).chars().map(|c| if matches!(c, '\u{fffe}' | '\u{ffff}') { '\u{fffd}' } else { c }).collect()
}

/// Text of a SARIF message: brackets would make links.
pub(super) fn sarif_text(text: &str) -> String {
    terminal(text).replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

/// Finished JSON text: hidden characters, which can only stand inside strings there, as `\u` escapes; likewise what a log would take
/// for a command.
pub(crate) fn json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut units = [0; 2];
    for c in text.chars() {
        if is_hidden(c) && c != '\n' {
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    out.replace("##[", "#\\u0023[").replace("##vso[", "#\\u0023vso[")
}

/// A relative path as a URI reference (RFC 3986): every byte that is not plain is percent-encoded, and a colon cannot make a scheme.
pub(super) fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_become_visible() {
        assert_eq!(terminal("a\u{1b}[31m\nb\u{202e}"), "a\\u{1b}[31m\\u{a}b\\u{202e}");
        assert_eq!(source("a\u{1b}\tb"), "a\u{fffd}\tb");
    }

    #[test]
    fn no_line_is_a_command() {
        assert!(!terminal("  ::error::x").trim_start().starts_with("::"));
        assert!(!terminal("x ##[error]y").contains("##["));
        assert_eq!(github_data("50%\r\n::x"), "50%25\\u{d}\\u{a}::x");
        assert_eq!(github_property("a:b,c"), "a%3Ab%2Cc");
    }

    #[test]
    fn markdown_is_inert() {
        assert_eq!(markdown_code("a`b"), "``a`b``");
        assert_eq!(markdown_text("see `x` <b> @me [l](u)"), "see `x` &lt;b&gt; &#64;me \\[l\\]\\(u\\)");
        assert_eq!(markdown_text("odd ` tick"), "odd &#96; tick");
    }

    #[test]
    fn cells_and_uris_are_data() {
        assert_eq!(csv_cell("=1+1"), "'=1+1");
        assert_eq!(uri("a b/c:d#e.yaml"), "a%20b/c%3Ad%23e.yaml");
    }
}
