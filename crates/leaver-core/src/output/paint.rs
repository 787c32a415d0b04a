//! Colours, marks and wraps text for people. The results depend on `Style` alone: this module does not read the environment.

use miette::{GraphicalTheme, ThemeCharacters, ThemeStyles};
use unicode_width::UnicodeWidthStr;

use crate::{output::Style, rule::Severity};

/// The role of a text, which determines its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextRole {
    /// An error.
    Error,
    /// A warning.
    Warning,
    /// Information.
    Info,
    /// Success.
    Good,
    /// What to do.
    Help,
    /// Emphasised.
    Strong,
    /// Dimmed.
    Faint,
}

impl From<Severity> for TextRole {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Error,
            Severity::Warning => Self::Warning,
            Severity::Info => Self::Info,
        }
    }
}

impl TextRole {
    const fn code(self) -> &'static str {
        match self {
            Self::Error => "1;31",
            Self::Warning => "1;33",
            Self::Info => "1;36",
            Self::Good => "1;32",
            Self::Help => "36",
            Self::Strong => "1",
            Self::Faint => "2",
        }
    }
}

/// A space at which lines are not broken. Only leaver's own text has such spaces.
const NO_BREAK_SPACE: char = '\u{a0}';
/// Maximum width of prose. Longer lines are hard to read, even on a wide terminal.
const PROSE: usize = 110;
/// Minimum width. Narrower terminals wrap the lines themselves.
const NARROWEST: usize = 40;

/// Formats text for a style.
#[derive(Debug, Clone)]
pub struct Paint<'a> {
    /// The style.
    pub style: &'a Style,
}

impl Paint<'_> {
    /// Colours a text.
    pub fn color(&self, color: TextRole, text: &str) -> String {
        if self.style.color && !text.is_empty() {
            format!("\u{1b}[{}m{text}\u{1b}[0m", color.code())
        } else {
            text.to_owned()
        }
    }

    /// Makes a text an OSC 8 link.
    pub fn link(&self, url: Option<&str>, text: &str) -> String {
        match url {
            Some(url) if self.style.hyperlinks => format!("\u{1b}]8;;{url}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\"),
            _ => text.to_owned(),
        }
    }

    /// Returns the first mark if the terminal supports Unicode, otherwise the second.
    pub fn mark<'t>(&self, unicode: &'t str, ascii: &'t str) -> &'t str {
        if self.style.unicode { unicode } else { ascii }
    }

    /// Returns the width in columns.
    pub fn width(&self) -> usize {
        self.style.width.max(NARROWEST)
    }

    /// Returns the number of columns for prose after an indent.
    fn prose_width(&self, indent: usize) -> usize {
        self.width().min(PROSE).saturating_sub(indent).max(20)
    }

    /// Keeps a text on one line if it fits. Otherwise, breaks after commas where possible.
    pub fn keep_together(&self, text: &str, indent: usize) -> String {
        let fits = |text: &str| text.width() <= self.prose_width(indent);
        let keep =
            |text: &str| if fits(text) { text.replace(' ', &NO_BREAK_SPACE.to_string()) } else { text.to_owned() };
        if fits(text) {
            keep(text)
        } else {
            text.split_inclusive(", ")
                .map(|part| match part.strip_suffix(' ') {
                    Some(part) => format!("{} ", keep(part)),
                    None => keep(part),
                })
                .collect()
        }
    }

    /// Wraps a text between words, but not at a no-break space. The first line starts after an indent, which the caller fills with text of the same
    /// width.
    pub fn wrap(&self, text: &str, indent: usize) -> String {
        let limit = self.prose_width(indent);
        let mut out = String::new();
        let mut column = 0;
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let word = word.replace(NO_BREAK_SPACE, " ");
            let width = word.width();
            if column > 0 && column + 1 + width > limit {
                out.push('\n');
                out.push_str(&" ".repeat(indent));
                column = 0;
            } else if column > 0 {
                out.push(' ');
                column += 1;
            }
            out.push_str(&word);
            column += width;
        }
        out
    }

    /// Wraps a text on a terminal. In a file or pipe, the text stays on one line, for `grep`.
    pub fn fold(&self, text: &str, indent: usize) -> String {
        if self.style.terminal { self.wrap(text, indent) } else { text.to_owned() }
    }

    /// Highlights words in backticks. Without colour, the words keep their backticks.
    pub fn prose(&self, text: &str) -> String {
        let parts: Vec<&str> = text.split('`').collect();
        if !self.style.color || parts.len().is_multiple_of(2) {
            return text.to_owned();
        }
        let part = |(at, part): (usize, &&str)| {
            if at % 2 == 1 { self.color(TextRole::Strong, part) } else { (*part).to_owned() }
        };
        parts.iter().enumerate().map(part).collect()
    }

    /// Dims the frame of a rendered snippet: in each line, the first symbol after the line number.
    pub(super) fn faint_frame(&self, rendered: &str) -> String {
        let theme = self.theme(Severity::Error).characters;
        let signs = [theme.vbar, theme.vbar_break, theme.ltop, theme.lbot];
        let faint = |line: &str| {
            let Some(start) = line.find(signs) else { return line.to_owned() };
            let (number, rest) = line.split_at(start);
            let end = rest.char_indices().skip(1).find(|(_, c)| *c != theme.hbar).map_or(rest.len(), |(at, _)| at);
            let (frame, rest) = rest.split_at(end);
            format!("{number}{}{rest}", self.color(TextRole::Faint, frame))
        };
        rendered.lines().map(|line| faint(line) + "\n").collect()
    }

    /// Returns the theme of a snippet, in the colour of the severity.
    pub(crate) fn theme(&self, severity: Severity) -> GraphicalTheme {
        let mut characters = if self.style.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() };
        characters.uarrow = if self.style.unicode { '▲' } else { '^' };
        let mut styles = if self.style.color { ThemeStyles::ansi() } else { ThemeStyles::none() };
        let highlight = match severity {
            Severity::Error => styles.error,
            Severity::Warning => styles.warning,
            Severity::Info => styles.advice,
        };
        styles.highlights = vec![highlight];
        styles.link = ThemeStyles::none().link;
        GraphicalTheme { characters, styles }
    }
}
