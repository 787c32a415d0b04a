//! Applies ignore files. Their size is checked before they are parsed, because each pattern costs time for every file. The walk reports ignore files
//! that it cannot read.

use camino::{Utf8Path, Utf8PathBuf};
use ignore::{
    Match,
    gitignore::{Gitignore, GitignoreBuilder},
};

use super::workspace::Workspace;
use crate::source::{Content, FileKind, SourceError};

/// The only ignore file that is read.
const NAME: &str = ".gitignore";
/// The name of git's own folder, or of the file that replaces this folder in a linked working tree. Ignore files above the root of the working tree
/// do not apply.
const GIT_FOLDER: &str = ".git";
/// Maximum size of a file in bytes.
const MAX_FILE_BYTES: usize = 256 * 1024;
/// Maximum number of lines in a file.
const MAX_LINES: usize = 5_000;
/// Maximum length of a line in bytes.
const MAX_LINE_BYTES: usize = 1_024;
/// Maximum number of lines in all ignore files that apply to one folder: the ignore file in the folder and all ignore files above it.
const MAX_TOTAL_LINES: usize = 20_000;

/// The patterns of one folder.
#[derive(Debug)]
struct Level {
    /// The depth of the folder below the root of the walk; `None` if the folder is above the root.
    depth: Option<usize>,
    lines: usize,
    patterns: Option<Gitignore>,
    is_repository: bool,
}

/// The ignore files on the way to the current folder.
#[derive(Debug)]
pub(super) struct Ignoring<'a> {
    files: &'a Workspace,
    levels: Vec<Level>,
    /// Errors about refused ignore files.
    pub(super) errors: Vec<SourceError>,
}

impl<'a> Ignoring<'a> {
    /// Reads the ignore files above a folder, whose path must be canonical. Unreadable ignore files are skipped, but ignore files that exceed the
    /// limits are refused.
    pub(super) fn above(files: &'a Workspace, folder: &Utf8Path) -> Self {
        let mut all = Self { files, levels: Vec::new(), errors: Vec::new() };
        let above: Vec<&Utf8Path> = folder.ancestors().skip(1).collect();
        for folder in above.into_iter().rev() {
            match all.level(folder, folder, None) {
                Ok(level) => all.levels.push(level),
                Err(SourceError::Io { .. }) => {}
                Err(error) => all.errors.push(error),
            }
        }
        all
    }

    /// Reads the ignore file of a folder and returns whether the walk may enter the folder. Called in the order of the walk. `canonical` is the
    /// canonical path of the folder.
    pub(super) fn enter(&mut self, folder: &Utf8Path, canonical: &Utf8Path, depth: usize) -> bool {
        self.truncate(depth);
        match self.level(folder, canonical, Some(depth)) {
            Ok(level) => self.levels.push(level),
            Err(error) => {
                self.errors.push(error);
                return false;
            }
        }
        let total = self.levels.iter().map(|level| level.lines).sum::<usize>();
        if total > MAX_TOTAL_LINES {
            self.errors
                .push(self.refused(folder, format!("with those above it, it has more than {MAX_TOTAL_LINES} lines")));
            self.truncate(depth);
        }
        total <= MAX_TOTAL_LINES
    }

    /// Removes the ignore files of folders at this depth or deeper.
    pub(super) fn truncate(&mut self, depth: usize) {
        while self.levels.last().is_some_and(|level| level.depth.is_some_and(|above| above >= depth)) {
            self.levels.pop();
        }
    }

    /// Whether a file in the folder that was entered last is ignored. The nearest pattern decides. If no pattern matches a hidden file, it is
    /// ignored.
    pub(super) fn ignores(&self, canonical: &Utf8Path, is_folder: bool) -> bool {
        for level in self.levels.iter().rev() {
            match level.patterns.as_ref().map(|patterns| patterns.matched(canonical, is_folder)) {
                Some(Match::Ignore(_)) => return true,
                Some(Match::Whitelist(_)) => return false,
                Some(Match::None) | None => {}
            }
            if level.is_repository {
                break;
            }
        }
        canonical.file_name().is_some_and(|name| name.starts_with('.'))
    }

    fn level(&self, folder: &Utf8Path, canonical: &Utf8Path, depth: Option<usize>) -> Result<Level, SourceError> {
        let is_repository = self.files.kind(&folder.join(GIT_FOLDER)).is_ok();
        let (lines, patterns) = match self.lines(folder)? {
            Some(bytes) => patterns(canonical, &bytes),
            None => (0, None),
        };
        Ok(Level { depth, lines, patterns, is_repository })
    }

    /// Reads the ignore file of a folder and checks it against the limits.
    fn lines(&self, folder: &Utf8Path) -> Result<Option<Vec<u8>>, SourceError> {
        let path = folder.join(NAME);
        match self.files.kind_of_target(&path) {
            Ok(FileKind::File) => {}
            Ok(_) => return Err(SourceError::NotRegular { path: self.files.show(&path) }),
            // There is no ignore file. If the folder cannot be entered, the walk reports it.
            Err(_) => return Ok(None),
        }
        let bytes = match self.files.content(&path, MAX_FILE_BYTES) {
            Ok(Content::Bytes(bytes)) => bytes,
            Ok(Content::TooLarge) => {
                return Err(self.refused(folder, format!("it is larger than {MAX_FILE_BYTES} bytes")));
            }
            Ok(Content::NotRegular) => return Err(SourceError::NotRegular { path: self.files.show(&path) }),
            Err(error) => return Err(SourceError::Io { path: self.files.show(&path), error }),
        };
        let lines = bytes.split(|byte| *byte == b'\n');
        if let Some((index, _)) = lines.clone().enumerate().find(|(_, line)| line.len() > MAX_LINE_BYTES) {
            return Err(self.refused(folder, format!("line {} is longer than {MAX_LINE_BYTES} bytes", index + 1)));
        }
        if lines.filter(|line| !line.is_empty()).count() > MAX_LINES {
            return Err(self.refused(folder, format!("it has more than {MAX_LINES} lines")));
        }
        Ok(Some(bytes))
    }

    fn refused(&self, folder: &Utf8Path, reason: String) -> SourceError {
        SourceError::IgnoreFile { path: self.files.show(&folder.join(NAME)), reason }
    }
}

/// The number of lines of an ignore file, and its patterns. Lines that are not UTF-8 or not a pattern match nothing, as in git.
fn patterns(canonical: &Utf8Path, bytes: &[u8]) -> (usize, Option<Gitignore>) {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let lines = || bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let mut builder = GitignoreBuilder::new(Utf8PathBuf::from(canonical));
    for line in lines() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if let Ok(line) = std::str::from_utf8(line) {
            drop(builder.add_line(None, line));
        }
    }
    (lines().count(), builder.build().ok().filter(|patterns| !patterns.is_empty()))
}
