//! Ignore files before the walk reads them: it takes each as it is, a pipe or a device too, keeps two kilobytes a line, and says nothing of
//! one that it cannot read.

use std::{fs::File, io::Read, path::Path};

use camino::Utf8Path;

use super::{error::SourceError, walk::display_path};

/// The name of the ignore files that count.
const NAME: &str = ".gitignore";
/// Bytes of one.
const BYTES: u64 = 256 * 1024;
/// Lines of one.
const LINES: usize = 5_000;
/// Bytes of a line.
const LINE: usize = 1_024;
/// Lines of all that hold for one folder: its own and those of the folders above it.
const TOGETHER: usize = 20_000;

/// The ignore files on the way to the folder that is walked.
#[derive(Debug, Default)]
pub(super) struct Ignoring {
    /// Lines that hold for the whole walk.
    above: usize,
    /// Depth and lines of the folders on the way.
    way: Vec<(usize, usize)>,
    /// What was refused.
    pub(super) errors: Vec<SourceError>,
}

impl Ignoring {
    /// Looks at a folder above the walk. What cannot be read there is somebody else's; what is too large, or never ends, counts.
    pub(super) fn above(&mut self, folder: &Path) {
        match lines(folder) {
            Ok(lines) => self.above += lines,
            Err(SourceError::Io { .. }) => {}
            Err(error) => self.errors.push(error),
        }
    }

    /// Looks at a folder of the walk, in its order; whether it may be entered.
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

/// How many lines the ignore file of a folder has.
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
