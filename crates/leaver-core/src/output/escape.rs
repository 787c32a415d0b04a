//! Escapes text from declarations, file names and rules. Each kind of output has its own function, and no other module escapes text.

use std::{
    borrow::Cow,
    fmt::{self, Write},
};

/// Text that is safe in one line of a terminal or log, because it has no control characters, no direction marks and no start of a CI command. Such
/// characters are shown as `\u{…}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Safe<'a>(Cow<'a, str>);

impl<'a> Safe<'a> {
    /// Escapes a text.
    pub fn new(text: &'a str) -> Self {
        if is_safe(text) { Self(Cow::Borrowed(text)) } else { Self(Cow::Owned(visible(text))) }
    }

    /// Cuts a text to at most `limit` characters, and escapes these characters. A cut text ends with `…`.
    pub fn cut(text: &'a str, limit: usize) -> Self {
        match text.char_indices().nth(limit) {
            Some((at, _)) => Self(Cow::Owned(format!("{}…", Self::new(text.get(..at).unwrap_or(""))))),
            None => Self::new(text),
        }
    }

    /// Returns the escaped text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Safe<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(&self.0)
    }
}

/// Whether a character controls a terminal, or hides or reorders other characters.
pub fn is_hazard(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether the text starts with `##[…` or `##vso[…`, which a CI runner interprets as a command anywhere in a line.
fn is_hash_command(rest: &str) -> bool {
    let Some(rest) = rest.strip_prefix("##") else { return false };
    let word = rest.get(..3).filter(|word| word.eq_ignore_ascii_case("vso"));
    rest.get(word.map_or(0, str::len)..).is_some_and(|rest| rest.starts_with('['))
}

fn is_safe(text: &str) -> bool {
    let colons = text.match_indices("::").any(|(at, _)| begins_line(text.get(..at).unwrap_or("")));
    let hashes = text.match_indices('#').any(|(at, _)| is_hash_command(text.get(at..).unwrap_or("")));
    !colons && !hashes && !text.chars().any(is_hazard)
}

/// Whether `::` after this text could be at the start of a line, possibly because the line is wrapped.
fn begins_line(before: &str) -> bool {
    before.chars().next_back().is_none_or(|c| c.is_whitespace() || is_hazard(c))
}

/// Returns a character in the form `\u{…}`.
pub(crate) fn escaped(c: char) -> String {
    format!("\\u{{{:x}}}", u32::from(c))
}

fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for (at, c) in text.char_indices() {
        let rest = text.get(at..).unwrap_or("");
        let colons = rest.starts_with("::") && begins_line(text.get(..at).unwrap_or(""));
        if is_hazard(c) || colons || is_hash_command(rest) {
            out.push_str(&escaped(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// Makes JSON text safe for a terminal or log. `::` stays, because no line of JSON begins with it. The values do not change, because only strings can
/// contain unsafe characters, and escapes in a string are part of JSON.
pub fn json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        if is_hash_command(text.get(at..).unwrap_or("")) || (is_hazard(c) && c != '\n') {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// Returns a path as a URI reference. Relative paths stay relative, and names are percent-encoded.
pub(crate) fn uri(path: &str) -> String {
    let drive = path.as_bytes().get(1) == Some(&b':') && path.as_bytes().get(2) == Some(&b'/');
    let mut out = String::from(if drive { "file:///" } else { "" });
    if path.starts_with('/') {
        out.push_str("file://");
    }
    for (at, byte) in path.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            b':' if drive && at == 1 => out.push(':'),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

/// Escapes the text of a SARIF message, in which brackets would be links.
pub(crate) fn sarif(text: &str) -> String {
    let safe = Safe::new(text);
    let mut out = String::with_capacity(safe.as_str().len());
    let mut chars = safe.as_str().chars().peekable();
    while let Some(c) = chars.next() {
        let before_bracket = c == '\\' && matches!(chars.peek(), Some('[' | ']' | '\\'));
        if matches!(c, '[' | ']') || before_bracket {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Escapes the data of a GitHub workflow command. Percent signs are escaped first.
pub(crate) fn github_data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property of a GitHub workflow command.
pub(crate) fn github_property(text: &str) -> String {
    github_data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Escapes the data of an Azure Pipelines logging command. Percent signs are escaped first.
pub(crate) fn azure_data(text: &str) -> String {
    text.replace('%', "%AZP25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property of an Azure Pipelines logging command.
pub(crate) fn azure_property(text: &str) -> String {
    azure_data(text).replace(';', "%3B").replace(']', "%5D")
}

/// Escapes a cell of a table for spreadsheets, so that the cell cannot be a formula.
pub fn cell(text: &str) -> String {
    let safe = Safe::new(text);
    let formula = safe.as_str().trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    let control = text.starts_with(['\t', '\r', '\n']);
    format!("{}{safe}", if formula || control { "'" } else { "" })
}

/// Returns a Markdown code span that can also be in a table. The fence is longer than any run of backticks inside the span.
pub fn markdown_code(text: &str) -> String {
    let safe = Safe::new(text).as_str().replace('|', "\\u{7c}");
    if safe.trim().is_empty() {
        return "` `".into();
    }
    let longest = safe.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if safe.starts_with(['`', ' ']) || safe.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{pad}{safe}{pad}{fence}")
}

/// Escapes Markdown prose. Text in backticks stays a code span; all other text is escaped and cannot become a link, a mention or HTML.
pub fn markdown(text: &str) -> String {
    let safe = Safe::new(text);
    let parts: Vec<&str> = safe.as_str().split('`').collect();
    let paired = parts.len() % 2 == 1 && parts.iter().skip(1).step_by(2).all(|code| !code.trim().is_empty());
    if !paired {
        return escape_links(safe.as_str());
    }
    let part = |(at, part): (usize, &&str)| if at % 2 == 1 { markdown_code(part) } else { escape_links(part) };
    parts.iter().enumerate().map(part).collect()
}

/// Escapes the page of a rule as Markdown. Headings, lists and code blocks stay; all other text is escaped as in `markdown`.
pub(crate) fn page(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let mut open: Option<&str> = None;
    for line in text.lines() {
        let bare = line.trim_start();
        let mark = ["```", "~~~"].into_iter().find(|mark| bare.starts_with(mark));
        match (open, mark) {
            // Write a fence that no line of the block can close.
            (None, Some(mark)) => {
                let word: String =
                    bare.trim_start_matches(['`', '~']).chars().take_while(char::is_ascii_alphanumeric).collect();
                out.extend([fence.as_str(), &word]);
                open = Some(mark);
            }
            (Some(mark), Some(found)) if mark == found => {
                out.push_str(&fence);
                open = None;
            }
            (Some(_), _) => out.push_str(Safe::new(line).as_str()),
            (None, None) => {
                let lead = line.len() - bare.len();
                let heading = bare.len() - bare.trim_start_matches('#').len();
                let mark =
                    if (1..=6).contains(&heading) && bare.get(heading..).is_some_and(|rest| rest.starts_with(' ')) {
                        heading + 1
                    } else if bare.starts_with("- ") {
                        2
                    } else {
                        0
                    };
                let (head, rest) = bare.split_at(mark);
                // Four spaces would start a code block, in which escapes do not work.
                out.extend([&" ".repeat(lead.min(3)), head, &markdown(rest)]);
            }
        }
        out.push('\n');
    }
    if open.is_some() {
        out.extend([fence.as_str(), "\n"]);
    }
    out
}

fn escape_links(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let next = text.get(at + c.len_utf8()..).unwrap_or("").chars().next();
        // A full stop, colon or slash inside a word could form a link, so it is escaped. Before a space, it cannot form a link.
        let inside = next.is_some_and(|next| !next.is_whitespace());
        if c.is_ascii_punctuation()
            && !matches!(c, ',' | ';' | '\'' | '"' | '(' | ')' | '?' | '-' | '.' | ':' | '/' | '%')
            || (matches!(c, '.' | ':' | '/') && inside)
            || (c == '-' && (at == 0 || text.get(at..).is_some_and(|rest| rest.starts_with("--"))))
        {
            let _ = write!(out, "&#{};", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hazardous_characters_are_escaped() {
        assert_eq!(Safe::new("a\u{1b}[31mb\u{7f}\u{9b}\u{202e}").as_str(), "a\\u{1b}[31mb\\u{7f}\\u{9b}\\u{202e}");
        assert_eq!(Safe::new("one\r\ntwo\tthree\u{2028}").as_str(), "one\\u{d}\\u{a}two\\u{9}three\\u{2028}");
        assert_eq!(Safe::new("\u{e0041}é日本🇩🇪").as_str(), "\\u{e0041}é日本🇩🇪");
        assert!(matches!(Safe::new("plain `text`, é: a::b").0, Cow::Borrowed(_)));
    }

    #[test]
    fn ci_commands_are_broken() {
        assert_eq!(Safe::new("::error::x").as_str(), "\\u{3a}:error::x");
        assert_eq!(Safe::new("x ::set-env").as_str(), "x \\u{3a}:set-env");
        assert_eq!(Safe::new("x ##[group]").as_str(), "x \\u{23}#[group]");
        assert_eq!(Safe::new("###[a] ##VSO[b] ## [c]").as_str(), "#\\u{23}#[a] \\u{23}#VSO[b] ## [c]");
        assert_eq!(json("\"##[x]\u{7f}\u{e0041}\""), "\"\\u0023#[x]\\u007f\\udb40\\udc41\"");
    }

    #[test]
    fn cut_counts_characters() {
        assert_eq!(Safe::cut("日本語", 2).as_str(), "日本…");
        assert_eq!(Safe::cut("日本", 2).as_str(), "日本");
    }

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("apps/a b#c%d:e.yaml"), "apps/a%20b%23c%25d%3Ae.yaml");
        assert_eq!(uri("/srv/é.yaml"), "file:///srv/%C3%A9.yaml");
        assert_eq!(uri("C:/x.yaml"), "file:///C:/x.yaml");
    }

    #[test]
    fn each_output_has_its_own_escaping() {
        assert_eq!(sarif("a [x](y) \\["), "a \\[x\\](y) \\\\\\[");
        assert_eq!(github_property("a:b,c%\r\n"), "a%3Ab%2Cc%25%0D%0A");
        assert_eq!(azure_property("a;b]%"), "a%3Bb%5D%AZP25");
        assert_eq!(cell("=1+1"), "'=1+1");
        assert_eq!(cell("\tx"), "'\\u{9}x");
        assert_eq!(cell("a-b"), "a-b");
    }

    #[test]
    fn pages_keep_headings_and_lists_but_no_links_or_html() {
        assert_eq!(
            page("## Bad\n\n- a `b`\n```yaml\na: <b> # x\n```\n[x](y)"),
            "## Bad\n\n- a `b`\n````yaml\na: <b> # x\n````\n&#91;x&#93;(y)\n"
        );
        assert_eq!(
            page("```` yaml\n````\n    <b>\n~~~\n```\n<b>"),
            "`````\n`````\n   &#60;b&#62;\n`````\n```\n<b>\n`````\n"
        );
        assert_eq!(
            page("a\u{1b}[31m\n####### x"),
            "a\\u{1b}&#91;31m\n&#35;&#35;&#35;&#35;&#35;&#35;&#35; x\n".replace("\\u{1b}", "&#92;u&#123;1b&#125;")
        );
    }

    #[test]
    fn markdown_has_no_links_mentions_or_html() {
        assert_eq!(markdown_code("a`b"), "``a`b``");
        assert_eq!(markdown_code("`a|"), "`` `a\\u{7c} ``");
        assert_eq!(markdown("- a"), "&#45; a");
        assert_eq!(markdown("a - b-c --d"), "a - b-c &#45;-d");
        assert_eq!(markdown("x: `a.b` has no owner"), "x: `a.b` has no owner");
        assert_eq!(
            markdown("<b> @me ![i](u) https://x.y `"),
            "&#60;b&#62; &#64;me &#33;&#91;i&#93;(u) https&#58;&#47;&#47;x&#46;y &#96;"
        );
    }
}
