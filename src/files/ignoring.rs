//! Checks ignore files before the walk reads them: the walk opens anything, including pipes and devices, keeps two kilobytes for each line, and does
//! not report unreadable ones.

use std::{fs::File, io::Read, path::Path};

use camino::Utf8Path;

use super::walk::display_path;
use crate::source::SourceError;

/// The only ignore file that is read.
const NAME: &str = ".gitignore";
/// Maximum size of a file in bytes.
const BYTES: u64 = 256 * 1024;
/// Maximum number of lines in a file.
const LINES: usize = 5_000;
/// Maximum length of a line in bytes.
const LINE: usize = 1_024;
/// Maximum number of lines that apply to one folder: its own and those above it.
const TOGETHER: usize = 20_000;

/// The ignore files on the way to the current folder.
#[derive(Debug, Default)]
pub(super) struct Ignoring {
    /// Lines that apply to the whole walk.
    above: usize,
    /// Depth and lines of the folders on the way.
    way: Vec<(usize, usize)>,
    /// Refused files.
    pub(super) errors: Vec<SourceError>,
}

impl Ignoring {
    /// Checks a folder above the walk. Unreadable files there are ignored; a file that is too large, or never ends, is refused.
    pub(super) fn above(&mut self, folder: &Path) {
        match lines(folder) {
            Ok(lines) => self.above += lines,
            Err(SourceError::Io { .. }) => {}
            Err(error) => self.errors.push(error),
        }
    }

    /// Checks a folder of the walk, in order, and returns whether it may be entered.
    pub(super) fn enter(&mut self, folder: &Path, depth: usize) -> bool {
        while self.way.last().is_some_and(|(above, _)| *above >= depth) {
            self.way.pop();
        }
        match lines(folder) {
            Ok(lines) => self.way.push((depth, lines)),
            Err(error) => {
                self.errors.push(error);
                return false;
            }
        }
        let together = self.above + self.way.iter().map(|(_, lines)| lines).sum::<usize>();
        if together > TOGETHER {
            self.errors.push(refused(folder, format!("with those above it, it has more than {TOGETHER} lines")));
        }
        together <= TOGETHER
    }
}

/// The number of lines in the ignore file of a folder.
fn lines(folder: &Path) -> Result<usize, SourceError> {
    let path = folder.join(NAME);
    let shown = || display_path(Utf8Path::new(path.to_string_lossy().as_ref()));
    let io = |error| SourceError::Io { path: shown(), error };
    match path.metadata() {
        Ok(meta) if !meta.is_file() => return Err(SourceError::NotRegular { path: shown() }),
        Ok(_) => {}
        // There is none, or the folder cannot be entered, which the walk reports.
        Err(_) => return Ok(0),
    }
    let mut bytes = Vec::new();
    File::open(&path).and_then(|file| file.take(BYTES + 1).read_to_end(&mut bytes)).map_err(io)?;
    if bytes.len() as u64 > BYTES {
        return Err(refused(folder, format!("it is larger than {BYTES} bytes")));
    }
    let lines = bytes.split(|byte| *byte == b'\n');
    if let Some((index, _)) = lines.clone().enumerate().find(|(_, line)| line.len() > LINE) {
        return Err(refused(folder, format!("line {} is longer than {LINE} bytes", index + 1)));
    }
    let count = lines.filter(|line| !line.is_empty()).count();
    if count > LINES { Err(refused(folder, format!("it has more than {LINES} lines"))) } else { Ok(count) }
}

fn refused(folder: &Path, reason: String) -> SourceError {
    let path = folder.join(NAME);
    SourceError::IgnoreFile { path: display_path(Utf8Path::new(path.to_string_lossy().as_ref())), reason }
}
