//! `leaver observe`: turns exports of other systems into declarations.

mod exports;

use std::{collections::BTreeMap, io, path::PathBuf};

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use rayon::prelude::*;

use super::{
    common::{ConfigArgs, make_folder, print, print_to_stderr, refuse, safe, today, usage, write_reproducible},
    style::{self, When},
};
use crate::{
    files::Workspace,
    observe::{Collected, File, FileAction, Options, changes, collect, documents, formats},
    output::summary::counted,
    report::Failure,
};
use exports::{format, read_exports};
pub(super) use exports::{is_standard_input, read_evidence};

/// Arguments about exports.
#[derive(Debug, Clone, Args)]
pub(super) struct ExportArgs {
    /// Format of the exports; `auto` recognises each by its keys
    #[arg(value_name = "FORMAT", value_parser = format, help = format_help())]
    format: String,
    /// Exports: files, folders of files, or `-` for standard input. Each contains one or several JSON values, optionally compressed with gzip
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<Utf8PathBuf>,
    /// The System that the export comes from, by its `metadata.name` [default: the System of the format, such as okta]
    #[arg(long, value_name = "NAME", value_parser = system)]
    system: Option<String>,
    /// Day on which the export was made [default: the date in the export, else the date of the file's last modification]
    #[arg(long, value_name = "YYYY-MM-DD")]
    taken_on: Option<String>,
    /// With `scim`: id of the application that the documents come from, if they do not name their server
    #[arg(long, value_name = "ID")]
    app_id: Option<String>,
    /// The export contains every application, even if pages seem to be missing
    #[arg(long, conflicts_with = "incomplete")]
    complete: bool,
    /// The export does not contain every application
    #[arg(long)]
    incomplete: bool,
    /// Compare dates with this day instead of today (UTC)
    #[arg(long, value_name = "YYYY-MM-DD", env = "LEAVER_TODAY")]
    today: Option<String>,
}

fn format_help() -> String {
    format!("Format of the exports: {}; `auto` recognises each by its keys", formats().join(", "))
}

fn system(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let fits = (1..=63).contains(&text.len()) && text.chars().all(plain) && !text.starts_with('-');
    if fits { Ok(text.to_owned()) } else { Err("must be at most 63 lower-case letters, digits and hyphens".into()) }
}

impl ExportArgs {
    /// Returns the format as given.
    pub(super) fn format(&self) -> &str {
        &self.format
    }

    /// Returns the date of `--today`, or today.
    pub(super) fn today(&self) -> Result<String, Vec<Failure>> {
        today(self.today.as_deref()).map_err(|failure| vec![failure])
    }

    /// Reads the exports.
    pub(super) fn collect(&self, files: &Workspace) -> Result<Collected, Vec<Failure>> {
        let today = self.today()?;
        let day = self.taken_on.as_deref().map(|day| super::common::today(Some(day))).transpose();
        let day = day.map_err(|failure| vec![failure])?;
        if let Some(day) = day.as_deref().filter(|day| *day > today.as_str()) {
            let message = format!("`--taken-on {day}` is after today, {today}");
            return Err(vec![usage(message, "name the day on which the export was made")]);
        }
        let exports = read_exports(files, &self.paths)?;
        let options = Options {
            system: self.system.clone(),
            taken_on: day,
            app_id: self.app_id.clone(),
            complete: if self.complete { Some(true) } else { self.incomplete.then_some(false) },
            today,
        };
        collect(&self.format, &exports, options)
    }
}

/// Arguments of `leaver observe`.
#[derive(Debug, Clone, Args)]
pub(super) struct Observe {
    #[command(flatten)]
    exports: ExportArgs,
    /// The folder to write to, or `-` for standard output [default: `observed` below the catalogue's root]
    #[arg(short, long, value_name = "FOLDER")]
    output: Option<Utf8PathBuf>,
    #[command(flatten)]
    config: ConfigArgs,
}

impl Observe {
    pub(super) fn run(&self, files: &Workspace, when: When) -> u8 {
        match self.observe(files) {
            Ok(code) => code,
            Err(failures) => refuse(&failures, &style::stdout(when)),
        }
    }

    fn observe(&self, files: &Workspace) -> Result<u8, Vec<Failure>> {
        let collected = self.exports.collect(files)?;
        for note in &collected.notes {
            print_to_stderr(&format!("leaver: note: {}", safe(note)));
        }
        if self.output.as_deref().is_some_and(|output| output == "-") {
            return Ok(print(|out| out.write_all(documents(&collected, "").as_bytes())));
        }
        let folder = match &self.output {
            Some(folder) => folder.clone(),
            None => self.config.load_without_rules(files)?.root.join("observed"),
        };
        if collected.counts().is_empty() {
            return Ok(print(|out| writeln!(out, "nothing to write: the exports contain no application")));
        }
        let there = existing_files(files, &folder, &collected)?;
        let changes = changes(&collected, &there)?;
        let mut made: BTreeMap<&str, PathBuf> = BTreeMap::new();
        for system in
            changes.iter().filter_map(new_text).filter_map(|file| file.path.split_once('/')).map(|(system, _)| system)
        {
            if !made.contains_key(system) {
                let below = folder.join(system);
                let ready =
                    make_folder(below.as_std_path()).map_err(|error| vec![cannot_write(files, &below, &error)])?;
                made.insert(system, ready);
            }
        }
        let failures: Vec<Failure> = changes
            .par_iter()
            .filter_map(new_text)
            .filter_map(|file| {
                let (system, name) = file.path.split_once('/')?;
                let error = write_reproducible(made.get(system)?, name, file.text.as_bytes()).err()?;
                Some(cannot_write(files, &folder.join(&file.path), &error))
            })
            .collect();
        if !failures.is_empty() {
            return Err(failures);
        }
        Ok(report(files, &folder, &collected, &changes))
    }
}

fn new_text(change: &FileAction) -> Option<&File> {
    match change {
        FileAction::Write(file) | FileAction::MarkAbsent(file) => Some(file),
        FileAction::Keep(_) => None,
    }
}

fn cannot_write(files: &Workspace, path: &Utf8Path, error: &io::Error) -> Failure {
    usage(format!("cannot write `{}`: {error}", files.show(path)), "name a folder without links in its path")
}

fn report(files: &Workspace, folder: &Utf8Path, collected: &Collected, changes: &[FileAction]) -> u8 {
    let count = |of: fn(&FileAction) -> bool| changes.iter().filter(|change| of(change)).count();
    let (written, kept) =
        (count(|change| matches!(change, FileAction::Write(_))), count(|change| matches!(change, FileAction::Keep(_))));
    let marked: Vec<&File> = changes
        .iter()
        .filter_map(|change| match change {
            FileAction::MarkAbsent(file) => Some(file),
            _ => None,
        })
        .collect();
    print(|out| {
        for (system, apps, complete) in collected.counts() {
            let complete = if complete { "" } else { ", incomplete" };
            writeln!(out, "{}: {}{complete}", safe(&system), counted(apps, "application"))?;
        }
        for file in &marked {
            writeln!(out, "missing: {}", safe(&file.path))?;
        }
        writeln!(
            out,
            "{}: {} written, {kept} unchanged",
            safe(&files.show(folder)),
            counted(written + marked.len(), "file")
        )
    })
}

/// Reads the existing files of the systems to be written.
fn existing_files(workspace: &Workspace, folder: &Utf8Path, collected: &Collected) -> Result<Vec<File>, Vec<Failure>> {
    let mut files = Vec::new();
    for (system, ..) in collected.counts() {
        let below = folder.join(&system);
        let Ok(entries) = std::fs::read_dir(&below) else { continue };
        let mut names: Vec<String> = entries
            .filter_map(Result::ok)
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|name| Utf8Path::new(name).extension() == Some("yaml"))
            .collect();
        names.sort();
        let found: Vec<Result<File, Failure>> = names
            .par_iter()
            .map(|name| {
                let path = below.join(name);
                let meta =
                    path.symlink_metadata().map_err(|error| cannot_read(workspace, &path, &error.to_string()))?;
                // leaver writes only regular files, so a link or another special file counts as a file of somebody else.
                let text = if meta.is_file() {
                    workspace.read(&path, 4 * 1024 * 1024).map(|file| file.text().to_owned()).unwrap_or_default()
                } else {
                    String::new()
                };
                Ok(File { path: format!("{system}/{name}"), text })
            })
            .collect();
        for file in found {
            files.push(file.map_err(|failure| vec![failure])?);
        }
    }
    Ok(files)
}

fn cannot_read(files: &Workspace, path: &Utf8Path, reason: &str) -> Failure {
    usage(format!("cannot read `{}`: {reason}", files.show(path)), "check that it exists and that you may read it")
}
