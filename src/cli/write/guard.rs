//! Refuses outputs that would overwrite another output or an input of leaver, before anything is written.

use std::{
    fs::{self, Metadata},
    path::{Path, PathBuf},
};

use camino::{Utf8Path, Utf8PathBuf};
use globset::GlobBuilder;

use super::destination;
use crate::{
    cli::common::usage,
    config::{ConfigFile, FILE_NAME, discover},
    files::Workspace,
    report::Failure,
};

/// The inputs of a command.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::cli) struct Inputs<'a> {
    /// The folder where the search for the configuration starts.
    pub(in crate::cli) start: Option<&'a Utf8Path>,
    /// `--config`.
    pub(in crate::cli) config: Option<&'a Utf8Path>,
    /// `--profile`.
    pub(in crate::cli) profile: Option<&'a str>,
    /// `--baseline`.
    pub(in crate::cli) baseline: Option<&'a Utf8Path>,
    /// Files named on the command line.
    pub(in crate::cli) files: &'a [Utf8PathBuf],
}

/// An output: its path as shown, its resolved path and the existing file.
struct Output<'a> {
    shown: &'a Utf8Path,
    resolved: PathBuf,
    existing: Option<Metadata>,
}

impl Output<'_> {
    /// Whether the output is a pipe or device, which accepts several outputs and is not an input.
    fn is_stream(&self) -> bool {
        self.existing.as_ref().is_some_and(|existing| !existing.is_file())
    }

    fn is_same_file(&self, path: &Path) -> bool {
        // An input may be a link. An output that is a link has already been refused.
        let real = fs::canonicalize(path).or_else(|_| destination(path)).unwrap_or_else(|_| path.to_owned());
        equal_ignoring_case(&self.resolved, &real)
            || same_file(self.existing.as_ref(), fs::metadata(path).ok().as_ref())
    }
}

/// Whether two paths are the same file on a file system that ignores case.
fn equal_ignoring_case(one: &Path, other: &Path) -> bool {
    let folded = |path: &Path| path.to_string_lossy().to_lowercase();
    one == other || (cfg!(any(windows, target_os = "macos")) && folded(one) == folded(other))
}

#[cfg(unix)]
fn same_file(one: Option<&Metadata>, other: Option<&Metadata>) -> bool {
    use std::os::unix::fs::MetadataExt;
    one.zip(other).is_some_and(|(one, other)| (one.dev(), one.ino()) == (other.dev(), other.ino()))
}

#[cfg(not(unix))]
fn same_file(_: Option<&Metadata>, _: Option<&Metadata>) -> bool {
    false
}

/// Refuses outputs that cannot be written, are the same file, or are inputs.
pub(in crate::cli) fn check(
    files: &[&Utf8Path],
    inputs: &Inputs<'_>,
    workspace: &Workspace,
) -> Result<(), Vec<Failure>> {
    let mut outputs: Vec<Output<'_>> = Vec::new();
    let mut failures = Vec::new();
    for shown in files {
        let resolved = match destination(shown.as_std_path()) {
            Ok(resolved) => resolved,
            Err(error) => {
                failures.push(usage(
                    format!("cannot write `{shown}`: {error}"),
                    "name a file that is reached without links, outside `.git`",
                ));
                continue;
            }
        };
        let output = Output { shown, existing: fs::metadata(&resolved).ok(), resolved };
        if output.is_stream() {
            continue;
        }
        if let Some(first) = outputs.iter().find(|first| {
            equal_ignoring_case(&first.resolved, &output.resolved)
                || same_file(first.existing.as_ref(), output.existing.as_ref())
        }) {
            let message = if first.shown == output.shown {
                format!("`{shown}` is used for two outputs")
            } else {
                format!("`{}` and `{shown}` are the same file", first.shown)
            };
            failures.push(usage(message, "give each output its own file"));
        } else if let Some(what) = input_role(&output, inputs, workspace) {
            let message = format!("`{shown}` is {what}: an output would replace it");
            failures.push(usage(message, "choose another file"));
        }
        outputs.push(output);
    }
    if failures.is_empty() { Ok(()) } else { Err(failures) }
}

/// If the output would replace an input, returns the role of the input, such as `the baseline`.
fn input_role(output: &Output<'_>, inputs: &Inputs<'_>, workspace: &Workspace) -> Option<&'static str> {
    let name = output.resolved.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let named = |path: Option<&Utf8Path>| path.is_some_and(|path| output.is_same_file(path.as_std_path()));
    if name == FILE_NAME || named(inputs.config) {
        return Some("a configuration");
    }
    if named(inputs.baseline) {
        return Some("the baseline");
    }
    if named(inputs.profile.map(Utf8Path::new)) {
        return Some("a profile");
    }
    if inputs.files.iter().any(|file| file.is_file() && named(Some(file))) {
        return Some("a file to check");
    }
    // The command itself reports a configuration that cannot be read.
    let start = inputs.start.unwrap_or(Utf8Path::new("."));
    let loaded = discover(workspace, start, inputs.config).ok();
    let root = loaded.as_ref().and_then(|loaded| fs::canonicalize(&loaded.root).ok());
    if let Some((loaded, root)) = loaded.as_ref().zip(root) {
        let configured = configured(output, &loaded.entries, &root);
        if configured.is_some() {
            return configured;
        }
    }
    output.existing.as_ref()?;
    // Existing files with these names and extensions may be inputs, regardless of the configuration.
    if matches!(name.as_str(), ".gitignore" | ".gitattributes" | ".gitmodules") {
        return Some("a file that git reads");
    }
    match name.rsplit_once('.')?.1 {
        "yaml" | "yml" => Some("a possible declaration"),
        "rego" => Some("a policy"),
        "md" if name == "rule.md" => Some("the page of a rule"),
        _ => None,
    }
}

/// Like [`input_role`], for the files that the configuration in `root` names.
fn configured(output: &Output<'_>, entries: &ConfigFile, root: &Path) -> Option<&'static str> {
    let below = |folder: &str| {
        let folder = root.join(folder);
        let folder = fs::canonicalize(&folder).unwrap_or(folder);
        output.resolved.starts_with(folder)
    };
    let is = |file: &str| output.is_same_file(&root.join(file));
    if entries.profile.as_deref().is_some_and(is) {
        return Some("a profile");
    }
    if entries.baseline.as_deref().is_some_and(is) {
        return Some("the baseline");
    }
    if entries.vendors.iter().any(|file| is(file)) {
        return Some("a file of vendor facts");
    }
    output.existing.as_ref()?;
    if entries.policies.iter().any(|folder| below(folder)) {
        return Some("a file of a policy folder");
    }
    if below(entries.trust_folder()) {
        return Some("a file of the trust folder");
    }
    if below(entries.signoff_folder()) {
        return Some("a sign-off");
    }
    let relative = Utf8Path::from_path(output.resolved.strip_prefix(root).ok()?)?;
    let matches = |pattern: &String| {
        let glob = GlobBuilder::new(pattern).literal_separator(true).build();
        glob.is_ok_and(|glob| glob.compile_matcher().is_match(relative))
    };
    let chosen = entries.include.iter().any(matches) && !entries.exclude.iter().any(matches);
    chosen.then_some("a possible declaration")
}
