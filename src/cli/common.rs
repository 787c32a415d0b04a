//! Code that several commands share: configuration, dates, error messages and outputs.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;

pub(super) use super::write::{
    create,
    guard::{self, Inputs},
    make_folder, write_file, write_reproducible, write_with_folders,
};
use crate::{
    config::{Config, Overrides, discover, profiles},
    facts,
    files::Workspace,
    framework::Framework,
    output::{
        OutputError, Style,
        escape::Safe,
        paint::{Paint, TextRole},
        summary::failure_line,
    },
    report::{Code, Failure, Outcome},
    rule::Severity,
    ruleset::{self, Ruleset},
    selftest::test_config,
    source::{SourceError, redact},
    vcs::VcsError,
};

/// Options that choose the configuration.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct ConfigArgs {
    /// Use this file instead of the nearest leaver.yaml
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<Utf8PathBuf>,
    /// Profile of limits and severities: a bundled one, or the path of your own
    #[arg(long, value_name = "NAME", help = profile_help())]
    pub(super) profile: Option<String>,
}

fn profile_help() -> String {
    format!("Profile of limits and severities: {}, or the path of your own", profiles().join(", "))
}

impl ConfigArgs {
    /// Returns the inputs that an output must not overwrite.
    pub(super) fn inputs(&self) -> Inputs<'_> {
        Inputs { config: self.config.as_deref(), profile: self.profile.as_deref(), ..Inputs::default() }
    }

    /// Finds the configuration for a path and loads its rules. Fails if a folder cannot be read, because the folder could contain a configuration.
    pub(super) fn load(
        &self,
        files: &Workspace,
        start: &Utf8Path,
        overrides: Overrides,
    ) -> Result<(Config, Ruleset), Vec<Failure>> {
        require_readable(files, start)?;
        ruleset::load(files, start, self.config.as_deref(), &Overrides { profile: self.profile.clone(), ..overrides })
    }

    /// Like [`Self::load`] without the rules, for commands that work even if the rules are broken.
    pub(super) fn load_without_rules(&self, files: &Workspace) -> Result<Config, Vec<Failure>> {
        let start = Utf8Path::new(".");
        require_readable(files, start)?;
        let overrides = Overrides { profile: self.profile.clone(), ..Overrides::default() };
        ruleset::resolve_config(&discover(files, start, self.config.as_deref())?, &overrides)
    }

    /// Like [`Self::load`] for commands about rules. In leaver's own checkout, these commands use the rules on disk instead of the built-in rules.
    pub(super) fn load_for_rules(&self, files: &Workspace) -> Result<(Config, Ruleset), Vec<Failure>> {
        require_readable(files, Utf8Path::new("."))?;
        let overrides = Overrides { profile: self.profile.clone(), ..Overrides::default() };
        test_config(files, self.config.as_deref(), &overrides, true)
    }
}

/// Checks that leaver can reach `start`, because the folders on the way may contain its configuration.
fn require_readable(files: &Workspace, start: &Utf8Path) -> Result<(), Vec<Failure>> {
    // If there is no working directory, the error of the operating system contains the reason.
    let given = if files.working_directory() == "" && start == "." {
        start.canonicalize_utf8()
    } else {
        files.canonical(start)
    };
    if let Err(error) = given {
        let named = error.kind() == io::ErrorKind::InvalidData;
        if start == "." {
            let reason = if named { "its path is not UTF-8".to_owned() } else { error.to_string() };
            let help = "go to a folder that exists, with a path in UTF-8";
            return Err(vec![usage(format!("cannot read the working directory: {reason}"), help)]);
        }
        let path = files.show(start);
        let error = if named { SourceError::Name { path } } else { SourceError::Io { path, error } };
        return Err(vec![usage(error.to_string(), error.help())]);
    }
    Ok(())
}

/// Finds the framework with this id among the user's own and the bundled frameworks.
pub(super) fn find_framework(ruleset: &Ruleset, id: &str) -> Result<Framework, Failure> {
    let own = ruleset.frameworks.iter().find(|own| own.id == id).cloned();
    own.or_else(|| facts::framework(id)).ok_or_else(|| {
        let bundled = facts::frameworks();
        let mut all: Vec<&str> =
            bundled.iter().chain(&ruleset.frameworks).map(|framework| framework.id.as_str()).collect();
        all.sort_unstable();
        let near = crate::schema::nearest(id, all.iter().copied()).map(|near| format!("did you mean `{near}`?"));
        usage(
            format!("there is no framework `{id}`"),
            near.unwrap_or_else(|| {
                format!("the frameworks are {}; `frameworks` in leaver.yaml adds your own", all.join(", "))
            }),
        )
    })
}

/// Reports failures of a command on standard error and returns exit status 2.
pub(super) fn refuse(failures: &[Failure], style: &Style) -> u8 {
    let paint = Paint { style };
    let mut text = String::new();
    for mut failure in failures.iter().cloned() {
        failure.redact();
        text.push_str(&format!(
            "{} {}\n",
            paint.color(TextRole::from(Severity::Error), "error:"),
            failure_line(&failure)
        ));
        if let Some(help) = &failure.help {
            text.push_str(&format!("  {} {}\n", paint.color(TextRole::Faint, "help:"), safe(help)));
        }
    }
    // Ignore errors: standard error may be closed.
    drop(io::stderr().lock().write_all(text.as_bytes()));
    Outcome::Incomplete.code()
}

/// Makes a failure of a command: the command line is invalid, or leaver cannot do what it requests.
pub(super) fn usage(message: impl Into<String>, help: impl Into<String>) -> Failure {
    Failure::new(Code::Usage, message.into()).help(help)
}

/// Makes a failure from an error of git.
#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
pub(super) fn git_failure(error: VcsError) -> Failure {
    usage(error.to_string(), error.help())
}

/// Writes to standard output. A closed pipe is ignored; any other error, such as a full disk, causes exit status 2.
pub(super) fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> u8 {
    let mut text = Vec::new();
    let result = write(&mut text).and_then(|()| {
        let mut out = io::stdout().lock();
        out.write_all(&text)?;
        out.flush()
    });
    match result {
        Ok(()) => 0,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => 0,
        Err(error) => {
            print_to_stderr(&format!("leaver: cannot write the output: {error}"));
            Outcome::Incomplete.code()
        }
    }
}

/// A format and its output file.
#[derive(Debug, Clone)]
pub(super) struct Output<F> {
    pub(super) format: F,
    pub(super) file: Option<Utf8PathBuf>,
}

/// Parses `FORMAT[=FILE]`. `all` lists the formats with their names.
pub(super) fn parse_output<F>(text: &str, all: &[(&str, F)]) -> Result<Output<F>, String>
where
    F: Copy,
{
    let (name, file) = match text.split_once('=') {
        Some((_, "")) => return Err("the file name after `=` is empty".into()),
        Some((format, file)) => (format, Some(file.into())),
        None => (text, None),
    };
    if let Some((_, format)) = all.iter().find(|(known, _)| *known == name) {
        return Ok(Output { format: *format, file });
    }
    let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
    let near = crate::schema::nearest(name, names.iter().copied())
        .map(|near| format!("; did you mean `{near}`?"))
        .unwrap_or_default();
    Err(format!("the formats are {}{near}", names.join(", ")))
}

/// Whether all outputs are files. If they are, exit status 2 needs an explanation on standard error.
pub(super) fn are_all_files<F>(outputs: &[Output<F>]) -> bool {
    outputs.iter().all(|output| output.file.is_some())
}

/// Writes each output and returns the worst exit status: 2 if an output could not be written.
pub(super) fn write_outputs<F: Copy>(
    outputs: &[Output<F>],
    style: &Style,
    render: impl Fn(F, &Style, &mut dyn Write) -> Result<(), OutputError>,
) -> u8 {
    let mut worst = 0;
    for output in outputs {
        let code = match &output.file {
            None => print(|out| render(output.format, style, out).map_err(io::Error::other)),
            Some(path) => {
                let style = Style {
                    color: false,
                    hyperlinks: false,
                    terminal: false,
                    width: 100,
                    unicode: true,
                    ..style.clone()
                };
                let mut text = Vec::new();
                let result = render(output.format, &style, &mut text)
                    .map_err(|error| error.to_string())
                    .and_then(|()| write_file(path.as_std_path(), &text).map_err(|error| error.to_string()));
                match result {
                    Ok(()) => 0,
                    Err(reason) => {
                        print_to_stderr(&format!("leaver: cannot write `{path}`: {reason}"));
                        Outcome::Incomplete.code()
                    }
                }
            }
        };
        worst = worst.max(code);
    }
    worst
}

/// Refuses two outputs to the same file and outputs to an input file, before anything is written.
pub(super) fn guard_outputs<F>(
    outputs: &[Output<F>],
    inputs: &Inputs<'_>,
    files: &Workspace,
) -> Result<(), Vec<Failure>> {
    let outputs: Vec<&Utf8Path> = outputs.iter().filter_map(|output| output.file.as_deref()).collect();
    guard::check(&outputs, inputs, files)
}

/// Escapes untrusted text for a terminal and redacts secrets.
pub(super) fn safe(text: &str) -> String {
    Safe::new(&redact(text)).to_string()
}

/// Quotes a word for a POSIX shell.
pub(super) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./@+:,~".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// Prints a line to standard error. Ignores errors.
pub(super) fn print_to_stderr(line: &str) {
    drop(writeln!(io::stderr().lock(), "{}", safe(line)));
}

/// Returns the given date if it is valid. Without a given date, returns today in UTC.
pub(super) fn today(given: Option<&str>) -> Result<String, Failure> {
    match given {
        None => Ok(jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date().to_string()),
        Some(text) => match text.parse::<jiff::civil::Date>() {
            Ok(day) if day.to_string() == text => Ok(text.to_owned()),
            _ => Err(usage(format!("`{text}` is not a date"), "write it as YYYY-MM-DD, such as 2026-11-25")),
        },
    }
}

/// Returns the date `days` after `day` (`YYYY-MM-DD`), or `day` itself if the result is beyond the calendar.
pub(super) fn days_after(day: &str, days: i64) -> String {
    let later = day.parse::<jiff::civil::Date>().and_then(|day| day.checked_add(jiff::Span::new().days(days)));
    later.map_or_else(|_| day.to_owned(), |later| later.to_string())
}

/// Returns the path of the running binary. leaver starts this binary again as the worker for a user's rules.
pub(super) fn own_binary() -> Option<PathBuf> {
    std::env::current_exe().ok()
}
