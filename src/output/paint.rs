//! Colours, marks and wrapping of what people read. All of it follows from `Style`; nothing asks the environment.

use miette::{GraphicalTheme, ThemeCharacters, ThemeStyles};
use unicode_width::UnicodeWidthStr;

use crate::{output::Style, rule::Severity};

/// What a text means, which decides its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    Error,
    Warning,
    Info,
    Good,
    Help,
    Strong,
    Faint,
}

impl From<Severity> for Ink {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Error,
            Severity::Warning => Self::Warning,
            Severity::Info => Self::Info,
        }
    }
}

impl Ink {
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

/// A blank at which no line is broken. It stands only in text of leaver's own.
const GLUE: char = '\u{a0}';
/// Widest prose: longer lines are hard to read, however wide the terminal.
const PROSE: usize = 110;
/// Narrowest terminal that is drawn for; narrower ones wrap by themselves.
const NARROWEST: usize = 40;

/// Draws by a style.
#[derive(Debug, Clone)]
pub(crate) struct Paint<'a> {
    pub(crate) style: &'a Style,
}

impl Paint<'_> {
    pub(crate) fn ink(&self, ink: Ink, text: &str) -> String {
        if self.style.color && !text.is_empty() {
            format!("\u{1b}[{}m{text}\u{1b}[0m", ink.code())
        } else {
            text.to_owned()
        }
    }

    /// A link that terminals with OSC 8 make of a text.
    pub(crate) fn link(&self, url: Option<&str>, text: &str) -> String {
        match url {
            Some(url) if self.style.hyperlinks => format!("\u{1b}]8;;{url}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\"),
            _ => text.to_owned(),
        }
    }

    /// The first mark on a terminal that can show it, the second on others.
    pub(crate) fn mark<'t>(&self, unicode: &'t str, ascii: &'t str) -> &'t str {
        if self.style.unicode { unicode } else { ascii }
    }

    /// Columns for what is drawn.
    pub(crate) fn width(&self) -> usize {
        self.style.width.max(NARROWEST)
    }

    /// Columns for prose after an indent.
    fn room(&self, indent: usize) -> usize {
        self.width().min(PROSE).saturating_sub(indent).max(20)
    }

    /// Keeps a text on one line where it fits on one; a longer one breaks after its commas first.
    pub(crate) fn glue(&self, text: &str, indent: usize) -> String {
        let fits = |text: &str| text.width() <= self.room(indent);
        let keep = |text: &str| if fits(text) { text.replace(' ', &GLUE.to_string()) } else { text.to_owned() };
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

    /// Breaks a text between words, after a first indent, before which the caller has put its own text of that width. `GLUE` is a
    /// blank that does not break.
    pub(crate) fn wrap(&self, text: &str, indent: usize) -> String {
        let limit = self.room(indent);
        let mut out = String::new();
        let mut column = 0;
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let word = word.replace(GLUE, " ");
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

    /// The same on a terminal only: elsewhere a line stays one, for `grep`.
    pub(crate) fn fold(&self, text: &str, indent: usize) -> String {
        if self.style.terminal { self.wrap(text, indent) } else { text.to_owned() }
    }

    /// Words in backticks stand out; without colour they keep their backticks.
    pub(crate) fn prose(&self, text: &str) -> String {
        let parts: Vec<&str> = text.split('`').collect();
        if !self.style.color || parts.len().is_multiple_of(2) {
            return text.to_owned();
        }
        let part =
            |(at, part): (usize, &&str)| if at % 2 == 1 { self.ink(Ink::Strong, part) } else { (*part).to_owned() };
        parts.iter().enumerate().map(part).collect()
    }

    /// Takes the frame of a drawn snippet back, so that the declaration stands out: the first sign of each line after its number.
    pub(super) fn faint_frame(&self, drawn: &str) -> String {
        let theme = self.theme(Severity::Error).characters;
        let signs = [theme.vbar, theme.vbar_break, theme.ltop, theme.lbot];
        let faint = |line: &str| {
            let Some(start) = line.find(signs) else { return line.to_owned() };
            let (number, rest) = line.split_at(start);
            let end = rest.char_indices().skip(1).find(|(_, c)| *c != theme.hbar).map_or(rest.len(), |(at, _)| at);
            let (frame, rest) = rest.split_at(end);
            format!("{number}{}{rest}", self.ink(Ink::Faint, frame))
        };
        drawn.lines().map(|line| faint(line) + "\n").collect()
    }

    /// The theme of a snippet: one colour, that of the severity.
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
