//! Reads raw blobs from git's object store.

use std::{
    collections::HashMap,
    io::{self, BufRead, BufReader, Read, Write},
    process::{Child, ChildStdin, ChildStdout},
    sync::{Mutex, PoisonError},
};

use camino::{Utf8Path, Utf8PathBuf};

use super::{error::VcsError, git::Git};
use crate::source::Content;

/// Maximum number of blobs that leaver requests before it reads the first answer. The requests fit into the buffer of a pipe on every system. With
/// more requests, git and leaver could wait for each other.
const AT_ONCE: usize = 32;

/// Reads blobs with one process of git, which starts with the first request.
#[derive(Debug)]
pub(super) struct Blobs {
    git: Git,
    /// The name of the commit or index, for messages.
    subject: String,
    reader: Mutex<Option<Reader>>,
    /// Content that git has sent in advance and that nobody has read yet, by path.
    ready: Mutex<HashMap<Utf8PathBuf, Content>>,
    failure: Mutex<Option<String>>,
}

impl Blobs {
    pub(super) fn new(git: Git, subject: String) -> Self {
        Self { git, subject, reader: Mutex::default(), ready: Mutex::default(), failure: Mutex::default() }
    }

    /// Returns the first error.
    pub(super) fn failure(&self) -> Option<VcsError> {
        let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner).clone();
        failure.map(|reason| VcsError::Failed { subject: self.subject.clone(), reason })
    }

    /// Reads a blob. `path` is the name of the file in messages.
    pub(super) fn read(&self, path: &Utf8Path, blob: &str, limit: usize) -> io::Result<Content> {
        let ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner).remove(path);
        match ready {
            Some(Content::Bytes(bytes)) if bytes.len() > limit => return Ok(Content::TooLarge),
            // The file may be too large only for the lower limit of `prefetch`.
            Some(Content::TooLarge) | None => {}
            Some(content) => return Ok(content),
        }
        let mut only = None;
        self.request(&[(path, blob)], limit, |_, content| only = Some(content)).map_err(io::Error::other)?;
        only.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    /// Reads files in advance, because a separate request for each file takes time.
    pub(super) fn prefetch(&self, wanted: &[(&Utf8Path, &str)], limit: usize) {
        // Ignore the error: `request` has stored it, and reading the file returns it.
        drop(self.request(wanted, limit, |path, content| {
            self.ready.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), content);
        }));
    }

    fn request(
        &self,
        wanted: &[(&Utf8Path, &str)],
        limit: usize,
        take: impl FnMut(&Utf8Path, Content),
    ) -> Result<(), String> {
        let mut slot = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let result = match slot.take().map_or_else(|| Reader::start(&self.git), Ok) {
            Ok(mut reader) => reader.read(wanted, limit, take).map(|()| *slot = Some(reader)),
            Err(reason) => Err(reason),
        };
        if let Err(reason) = &result {
            self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| reason.clone());
        }
        result
    }
}

/// A running `git cat-file --batch`.
#[derive(Debug)]
struct Reader {
    child: Child,
    /// Standard input and output of git. `None` only while the process ends.
    pipes: Option<(ChildStdin, BufReader<ChildStdout>)>,
}

impl Reader {
    fn start(git: &Git) -> Result<Self, String> {
        let mut child = git.start(&["cat-file", "--batch"]).map_err(|error| error.to_string())?;
        let pipes = child.stdin.take().zip(child.stdout.take().map(BufReader::new));
        Ok(Self { child, pipes })
    }

    fn read(
        &mut self,
        wanted: &[(&Utf8Path, &str)],
        limit: usize,
        mut take: impl FnMut(&Utf8Path, Content),
    ) -> Result<(), String> {
        let (input, output) = self.pipes.as_mut().ok_or("no output")?;
        for wanted in wanted.chunks(AT_ONCE) {
            let requests: String = wanted.iter().map(|(_, blob)| format!("{blob}\n")).collect();
            input.write_all(requests.as_bytes()).and_then(|()| input.flush()).map_err(|error| error.to_string())?;
            for (path, blob) in wanted {
                take(path, answer(output, path, blob, limit)?);
            }
        }
        Ok(())
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // Git ends when its input ends.
        drop(self.pipes.take());
        drop(self.child.wait());
    }
}

/// Reads one answer: `<blob> blob <size>`, a line end, the content, a line end (git-cat-file(1), "BATCH OUTPUT").
fn answer(output: &mut BufReader<ChildStdout>, path: &Utf8Path, blob: &str, limit: usize) -> Result<Content, String> {
    let mut head = String::new();
    output.read_line(&mut head).map_err(|error| error.to_string())?;
    let size = head.trim_end().strip_prefix(blob).and_then(|rest| rest.strip_prefix(" blob "));
    let size: u64 = size.and_then(|size| size.parse().ok()).ok_or_else(|| format!("`{path}` is missing"))?;
    let mut rest = Read::take(&mut *output, size);
    let content = if size > limit as u64 {
        io::copy(&mut rest, &mut io::sink()).map_err(|error| error.to_string())?;
        Content::TooLarge
    } else {
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        rest.read_to_end(&mut bytes).map_err(|error| error.to_string())?;
        Content::Bytes(bytes)
    };
    if rest.limit() > 0 {
        return Err(format!("`{path}` is cut short"));
    }
    output.read_exact(&mut [0]).map_err(|_| format!("`{path}` is cut short"))?;
    Ok(content)
}
