//! Refuses file names that would be parsed as options, before the arguments are parsed.
//!
//! A change chooses the names of its files. If a hook or script passes these names to leaver, a file named `--exit-zero` must not disable the check,
//! and a file named `--config=x.yaml` must not choose the configuration.

use std::{
    ffi::{OsStr, OsString},
    path::Path,
};

use super::common::usage;
use crate::report::Failure;

/// Returns a failure if an argument is both an option and a path in the working directory.
pub(super) fn reject_ambiguous(arguments: &[OsString]) -> Option<Failure> {
    let name = ambiguous(arguments, |name| Path::new(name).symlink_metadata().is_ok())?.to_string_lossy();
    let (meaning, separator) = match name.as_ref() {
        "-" => ("standard input", ""),
        _ => ("an option", ", or put all file names after `--`"),
    };
    Some(usage(
        format!("`{name}` is {meaning}, but a file of that name is in the working directory"),
        format!("write `./{name}` to name the file{separator}; rename the file to use {meaning}"),
    ))
}

/// Finds the first argument that is both an option and a path. A link counts as a path, even if its target does not exist.
///
/// After `--`, every argument is a path, except `-`, which is always standard input.
fn ambiguous(arguments: &[OsString], exists: impl Fn(&OsStr) -> bool) -> Option<&OsStr> {
    let mut options = true;
    arguments.iter().skip(1).map(OsString::as_os_str).find(|argument| {
        options &= *argument != "--";
        (*argument == "-" || options && argument.as_encoded_bytes().starts_with(b"-")) && exists(argument)
    })
}

#[cfg(test)]
mod tests {
    use std::ffi::{OsStr, OsString};

    use super::ambiguous;

    fn first<'a>(arguments: &[&str], files: &[&'a str]) -> Option<&'a str> {
        let arguments: Vec<OsString> = std::iter::once(&"leaver").chain(arguments).map(OsString::from).collect();
        let found = ambiguous(&arguments, |name| files.iter().any(|file| OsStr::new(file) == name))?.to_owned();
        files.iter().copied().find(|file| found == *file)
    }

    #[test]
    fn options_named_like_files_are_ambiguous() {
        let options = [
            "--config=x.yaml",
            "--config",
            "--exit-zero",
            "-ojson=leaver.yaml",
            "-o",
            "-qv",
            "-h",
            "--version",
            "--color=never",
            "--no-such-option.yaml",
            "-x/a.yaml",
        ];
        for option in options {
            assert_eq!(first(&["check", option], &["a.yaml", option]), Some(option));
            assert_eq!(first(&[option, "check"], &[option]), Some(option), "before the command");
            assert_eq!(first(&["check", "a.yaml", option], &["a.yaml", option]), Some(option), "after a path");
            assert_eq!(first(&["check", option], &["a.yaml"]), None, "no such file");
            assert_eq!(first(&["check", "--", option], &["a.yaml", option]), None, "a path after --");
            assert_eq!(first(&["check", &format!("./{option}")], &[option]), None, "a path with ./");
        }
    }

    #[test]
    fn standard_input_named_like_a_file_is_ambiguous_everywhere() {
        assert_eq!(first(&["check", "-"], &["-"]), Some("-"));
        assert_eq!(first(&["check", "--", "-"], &["-"]), Some("-"));
        assert_eq!(first(&["check", "-"], &["a.yaml"]), None);
        assert_eq!(first(&["check", "./-"], &["-"]), None);
    }

    #[test]
    fn the_separator_and_the_program_name_are_not_options() {
        assert_eq!(first(&["check", "--", "a.yaml"], &["--", "a.yaml"]), None);
        assert_eq!(ambiguous(&["--leaver".into()], |_| true), None);
    }
}
