//! For people: each finding with the lines it is about, drawn by miette. The text handed to it is a short, harmless copy: it prints
//! control characters as they are, and panics on labels past column 65,535.

use std::{fmt, io::Write};

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    Severity as Level, SourceCode, SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};

use super::{
    OutputError, Style, escape,
    summary::{self, Paint},
};
use crate::{
    finding::{Finding, Status},
    report::Report,
    rule::Severity,
    source::Place,
};

/// Characters of a line that are shown.
const LINE: usize = 160;
/// Characters before the span that are shown of a long line.
const BEFORE: usize = 60;

pub(super) fn render(report: &Report, style: &Style, out: &mut dyn Write) -> Result<(), OutputError> {
    let theme = GraphicalTheme {
        characters: if style.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() },
        styles: if style.color { ThemeStyles::ansi() } else { ThemeStyles::none() },
    };
    let handler =
        GraphicalReportHandler::new_themed(theme).with_width(style.width).with_links(false).with_context_lines(1);
    for finding in report.open() {
        let drawn = Drawn::new(finding, report, style);
        let mut text = String::new();
        // Only fails where the string cannot grow; the plain form then says the same.
        if handler.render_report(&mut text, &drawn).is_err() {
            text = format!("{}\n  {}\n", drawn.code, drawn.message);
        }
        for line in text.lines() {
            writeln!(out, "{}", escape::log_line(line.trim_end()))?;
        }
        related(finding, style, out)?;
        writeln!(out)?;
    }
    waived(report, style, out)?;
    write!(out, "{}", summary::draw(report, style))?;
    Ok(())
}

fn related(finding: &Finding, style: &Style, out: &mut dyn Write) -> Result<(), OutputError> {
    for other in &finding.related {
        let start = other.place.start();
        let place = escape::terminal(&format!("{}:{}:{}", other.place.file.path(), start.line, start.column));
        writeln!(out, "  {} {place}: {}", Paint(style.color).dim("see:"), escape::terminal(&other.message))?;
    }
    Ok(())
}

fn waived(report: &Report, style: &Style, out: &mut dyn Write) -> Result<(), OutputError> {
    let mut any = false;
    for finding in &report.findings {
        let Status::Waived(by) = &finding.status else { continue };
        any = true;
        let start = finding.place.start();
        let line = format!(
            "waived: {}:{}:{}: [{}] {} ({} until {}: {})",
            finding.place.file.path(),
            start.line,
            start.column,
            finding.rule,
            finding.message,
            by.name,
            by.expires,
            by.reason
        );
        writeln!(out, "{}", Paint(style.color).dim(&escape::terminal(&line)))?;
    }
    if any {
        writeln!(out)?;
    }
    Ok(())
}

/// A finding as miette wants it.
#[derive(Debug)]
struct Drawn {
    code: String,
    message: String,
    help: Option<String>,
    level: Level,
    snippet: Snippet,
    label: SourceSpan,
}

impl Drawn {
    fn new(finding: &Finding, report: &Report, style: &Style) -> Self {
        let meta = report.rules.get(&finding.rule);
        let code = format!("{}[{}]", finding.severity, finding.rule);
        let code = Paint(style.color).severity(finding.severity, &code);
        let code = if style.hyperlinks && !report.run.docs_url.is_empty() {
            format!("\u{1b}]8;;{}/{}.md\u{1b}\\{code}\u{1b}]8;;\u{1b}\\", report.run.docs_url, finding.rule)
        } else {
            code
        };
        let help = finding.help.as_deref().or(meta.map(|meta| meta.fix.as_str())).map(escape::terminal);
        let (snippet, label) = Snippet::cut(&finding.place);
        let level = match finding.severity {
            Severity::Error => Level::Error,
            Severity::Warning => Level::Warning,
            Severity::Info => Level::Advice,
        };
        Self { code, message: escape::terminal(&finding.message), help, level, snippet, label }
    }
}

impl fmt::Display for Drawn {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for Drawn {}

impl Diagnostic for Drawn {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.code))
    }

    fn severity(&self) -> Option<Level> {
        Some(self.level)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.snippet)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(std::iter::once(LabeledSpan::new_with_span(None, self.label))))
    }
}

/// The line of a place with one line around it, cut and harmless.
#[derive(Debug)]
struct Snippet {
    text: String,
    name: String,
    /// Of the first line of `text`, from 0.
    first: usize,
    /// Of the place, in characters, from 0.
    column: usize,
}

impl Snippet {
    fn cut(place: &Place) -> (Self, SourceSpan) {
        let (start, end) = (place.start(), place.end());
        let file = &place.file;
        let line = file.line(start.line);
        // A span of several lines is shown by its first.
        let length = if end.line == start.line { place.span.len() } else { line.len().saturating_sub(start.byte - 1) };
        let skip = if line.chars().count() > LINE { (start.column - 1).saturating_sub(BEFORE) } else { 0 };
        let window = |line: &str| -> String {
            let shown: String = line.chars().skip(skip).take(LINE).collect();
            let lead = if skip > 0 && !shown.is_empty() { "…" } else { "" };
            let tail = if line.chars().count() > skip + LINE { "…" } else { "" };
            escape::source(&format!("{lead}{shown}{tail}"))
        };
        let mut text = String::new();
        let before = start.line > 1;
        if before {
            text.push_str(&window(file.line(start.line - 1)));
            text.push('\n');
        }
        let line_at = text.len();
        let shown = window(line);
        let offset = |characters: usize| -> usize {
            let lead = usize::from(skip > 0);
            shown.chars().take(characters.saturating_sub(skip) + lead).map(char::len_utf8).sum()
        };
        let label_start = offset(start.column - 1);
        let marked =
            line.get(start.byte - 1..).and_then(|rest| rest.get(..length)).map_or(0, |text| text.chars().count());
        let label_end = offset(start.column - 1 + marked).max(label_start);
        text.push_str(&shown);
        text.push('\n');
        if start.line < file.lines() {
            text.push_str(&window(file.line(start.line + 1)));
            text.push('\n');
        }
        let snippet = Self {
            text,
            name: escape::terminal(file.path()),
            first: start.line - 1 - usize::from(before),
            column: start.column - 1,
        };
        (snippet, SourceSpan::new((line_at + label_start).into(), label_end - label_start))
    }
}

impl SourceCode for Snippet {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let inner = self.text.read_span(span, before, after)?;
        // Without context lines miette asks for the header, where the column is that of the whole file.
        let column = if before == 0 && after == 0 { self.column } else { inner.column() };
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            inner.data(),
            *inner.span(),
            inner.line() + self.first,
            column,
            inner.line_count(),
        )))
    }
}
