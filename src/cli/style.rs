//! Detects the capabilities of the terminal.

use std::io::IsTerminal;

use crate::{output::Style, rule::Severity};

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum When {
    /// If the terminal supports it and `NO_COLOR` is not set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The range of line widths. Narrower lines are unreadable, wider ones hard to read.
const WIDTHS: std::ops::RangeInclusive<usize> = 40..=120;

/// The style of standard output. Files and pipes get plain Unicode text of 100 columns.
pub(super) fn stdout(when: When) -> Style {
    let terminal = std::io::stdout().is_terminal();
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let color = match when {
        When::Always => true,
        When::Never => false,
        When::Auto => terminal && !plain && supports_color::on(supports_color::Stream::Stdout).is_some(),
    };
    let width =
        if terminal { terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0)) } else { 100 };
    Style {
        color,
        unicode: !terminal || supports_unicode::on(supports_unicode::Stream::Stdout),
        hyperlinks: color && terminal && supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout),
        width: width.clamp(*WIDTHS.start(), *WIDTHS.end()),
        terminal,
        fail_on: Severity::Error,
        quiet: false,
        statistics: false,
        verbose: false,
        all: false,
        group_by: None,
    }
}
