//! Runs git. Every call goes through [`Git`], so that neither the configuration nor the content of a repository can turn git against leaver.

use std::{
    env,
    ffi::OsStr,
    io,
    path::PathBuf,
    process::{Command, Stdio},
    sync::OnceLock,
};

use camino::{Utf8Path, Utf8PathBuf};

use super::error::VcsError;

/// The first git with `safe.bareRepository` (release notes of 2.38.0). Earlier versions open any folder that looks like a bare repository.
const OLDEST: (u32, u32) = (2, 38);

/// Settings on the command line, which take precedence over the settings of the repository. They prevent git from running hooks and other programs.
/// The commands that leaver uses run no such programs today; with the settings, this is true for every version of git.
const SETTINGS: [&str; 12] = [
    "safe.bareRepository=explicit",
    "protocol.allow=never",
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.attributesFile=/dev/null",
    "core.pager=cat",
    "core.sshCommand=false",
    "core.askPass=false",
    "credential.helper=",
    "diff.external=",
    "gc.auto=0",
    "maintenance.auto=false",
];

/// The environment of each call, after every other `GIT_…` variable is removed.
const ENVIRONMENT: [(&str, &str); 9] = [
    ("GIT_ALLOW_PROTOCOL", "none"),
    ("GIT_ATTR_NOSYSTEM", "1"),
    ("GIT_GRAFT_FILE", "/dev/null"),
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_PROTOCOL_FROM_USER", "0"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("LC_ALL", "C"),
];

/// The cached result of checking that the git on the PATH is recent enough.
static VERSION: OnceLock<Result<(), VcsError>> = OnceLock::new();

/// Git, bound to one repository.
#[derive(Debug, Clone)]
pub(super) struct Git {
    program: PathBuf,
    /// The `.git` of the repository. It is a folder or, in a linked working tree, a file.
    store: Utf8PathBuf,
    /// The top of the working tree.
    top: Utf8PathBuf,
}

impl Git {
    /// Finds git and binds it to the repository `store` with the working tree `top`.
    pub(super) fn new(store: Utf8PathBuf, top: Utf8PathBuf) -> Result<Self, VcsError> {
        let program = program(&top).ok_or(VcsError::NoGit)?;
        VERSION.get_or_init(|| check_version(&program)).clone()?;
        Ok(Self { program, store, top })
    }

    /// Runs a command and returns its standard output. The error is the last line that git writes to standard error.
    ///
    /// If `index` is given, git reads it instead of the repository's own index.
    pub(super) fn run(&self, arguments: &[&str], index: Option<&OsStr>) -> Result<Vec<u8>, String> {
        let mut command = self.command(arguments);
        if let Some(index) = index {
            command.env("GIT_INDEX_FILE", index);
        }
        let output = command.output().map_err(|error| error.to_string())?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(message.lines().last().unwrap_or("no reason given").to_owned())
    }

    /// Runs a command and returns its output as text, without the final line break. Invalid UTF-8 becomes U+FFFD.
    pub(super) fn run_text(&self, arguments: &[&str]) -> Result<String, String> {
        let text = self.run(arguments, None)?;
        Ok(String::from_utf8_lossy(&text).trim_end_matches('\n').to_owned())
    }

    /// Starts a command that answers requests on its standard input.
    pub(super) fn start(&self, arguments: &[&str]) -> io::Result<std::process::Child> {
        self.command(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = bare_command(&self.program);
        command.args(["--no-pager", "--literal-pathspecs", "-C", self.top.as_str()]);
        command.arg(format!("--git-dir={}", self.store)).arg(format!("--work-tree={}", self.top));
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        command.args(arguments);
        command
    }
}

/// Prepares a call of git in a clean environment, without a repository.
fn bare_command(program: &PathBuf) -> Command {
    let mut command = Command::new(program);
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("GIT_") {
            command.env_remove(name);
        }
    }
    command.envs(ENVIRONMENT).stdin(Stdio::null());
    command
}

/// Finds git on the PATH. Skips relative folders and folders below `top`, because a change could put a program there.
fn program(top: &Utf8Path) -> Option<PathBuf> {
    let name = format!("git{}", env::consts::EXE_SUFFIX);
    let outside = |path: &PathBuf| path.canonicalize().is_ok_and(|path| !path.starts_with(top));
    env::split_paths(&env::var_os("PATH")?).filter(|folder| folder.is_absolute()).map(|folder| folder.join(&name)).find(
        |program| {
            program.is_file() && program.parent().is_some_and(|folder| outside(&folder.into())) && outside(program)
        },
    )
}

fn check_version(program: &PathBuf) -> Result<(), VcsError> {
    let output = bare_command(program).arg("version").output();
    let output =
        output.map_err(|error| VcsError::Failed { subject: "its version".into(), reason: error.to_string() })?;
    let text = String::from_utf8_lossy(&output.stdout);
    let version = text.split_whitespace().nth(2).unwrap_or("of an unknown version");
    if is_recent(version) { Ok(()) } else { Err(VcsError::OldGit(version.to_owned())) }
}

/// Whether a version, such as `2.39.5`, `2.39.5.windows.1` or `2.50.0-rc1`, is [`OLDEST`] or later.
fn is_recent(version: &str) -> bool {
    let mut parts = version.split(['.', '-']).map_while(|part| part.parse::<u32>().ok());
    matches!((parts.next(), parts.next()), (Some(major), Some(minor)) if (major, minor) >= OLDEST)
}

#[cfg(test)]
mod tests {
    use super::is_recent;

    #[test]
    fn old_versions_are_refused() {
        for version in ["2.38.0", "2.39.5", "2.47.3.windows.1", "2.50.0-rc1", "3.0"] {
            assert!(is_recent(version), "{version}");
        }
        for version in ["2.37.9", "1.99.0", "2", "", "of an unknown version", "2.x"] {
            assert!(!is_recent(version), "{version}");
        }
    }
}
