//! A child of the same binary: it gets one order, answers in lines of JSON, and is killed when it is no longer listened to. What
//! leaver does not ship runs there, with limits of memory, files and time.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    path::Path,
    process::{Command, Stdio},
    sync::mpsc,
    thread::JoinHandle,
    time::Duration,
};

use serde::{Serialize, de::DeserializeOwned};

/// Bytes of one answer. More is no answer: the parent has no limit of memory of its own.
const ANSWER: u64 = 64 * 1024 * 1024;

/// What starting a child and loading its policies may take on top of a rule's own time.
pub(crate) const GRACE: Duration = Duration::from_secs(3);

/// Why there is no next answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Silence {
    /// The child ended without having said that it was done.
    Ended,
    /// It took too long.
    Late,
    /// It said something that is no answer, or too much.
    Garbled,
}

/// A running child.
pub(crate) struct Child {
    process: std::process::Child,
    threads: Vec<JoinHandle<()>>,
    lines: mpsc::Receiver<Option<String>>,
}

impl Child {
    /// Starts `binary` with a hidden command and hands it its order. The error says what did not work.
    pub(crate) fn start(binary: &Path, command: &str, order: &impl Serialize) -> Result<Self, String> {
        let order = serde_json::to_vec(order).map_err(|error| format!("cannot hand over the catalogue: {error}"))?;
        let mut process = Command::new(binary)
            .arg(command)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("cannot start it: {error}"))?;
        let (sender, lines) = mpsc::channel();
        let mut threads = Vec::new();
        // A child that dies early closes the pipe; its silence is the error then.
        threads.extend(process.stdin.take().map(|mut to| std::thread::spawn(move || drop(to.write_all(&order)))));
        threads.extend(process.stdout.take().map(|from| std::thread::spawn(move || pass_on(from, &sender))));
        Ok(Self { process, threads, lines })
    }

    /// The next answer, waited for no longer than `patience`.
    pub(crate) fn next<T: DeserializeOwned>(&self, patience: Duration) -> Result<T, Silence> {
        match self.lines.recv_timeout(patience) {
            Ok(Some(line)) => serde_json::from_str(&line).map_err(|_| Silence::Garbled),
            Ok(None) => Err(Silence::Garbled),
            Err(mpsc::RecvTimeoutError::Timeout) => Err(Silence::Late),
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(Silence::Ended),
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
        self.threads.drain(..).for_each(|thread| drop(thread.join()));
    }
}

/// Line by line; `None` for one that is too long or no text.
fn pass_on(from: impl Read, to: &mpsc::Sender<Option<String>>) {
    let mut from = BufReader::new(from);
    loop {
        let mut line = Vec::new();
        match from.by_ref().take(ANSWER).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        // A line that breaks off is the end of a child that died while it spoke.
        if line.pop() != Some(b'\n') {
            if line.len() as u64 >= ANSWER - 1 {
                drop(to.send(None));
            }
            return;
        }
        let line = String::from_utf8(line).ok();
        let stop = line.is_none();
        if to.send(line).is_err() || stop {
            return;
        }
    }
}

/// Says one word to the parent.
pub(crate) fn say(output: &mut impl Write, word: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *output, word)?;
    output.write_all(b"\n")?;
    output.flush()
}

/// Limits of this process: address space, no core file, no file may grow.
pub(crate) fn limit(memory_mib: u64) -> io::Result<()> {
    #[cfg(unix)]
    {
        use rlimit::Resource;
        let bytes = memory_mib.saturating_mul(1024 * 1024);
        Resource::AS.set(bytes, bytes)?;
        Resource::CORE.set(0, 0)?;
        Resource::FSIZE.set(0, 0)?;
    }
    #[cfg(not(unix))]
    let _ = memory_mib;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(bytes: impl Read) -> Vec<Option<String>> {
        let (sender, lines) = mpsc::channel();
        pass_on(bytes, &sender);
        drop(sender);
        lines.into_iter().collect()
    }

    #[test]
    fn lines_come_whole_or_not_at_all() {
        assert_eq!(said(&b"1\n2\nhal"[..]), [Some("1".into()), Some("2".into())]);
        assert_eq!(said(&b"1\n\xff\n3\n"[..]), [Some("1".into()), None]);
        let long = "x".repeat(4 * 1024 * 1024);
        assert_eq!(said(format!("{long}\n").as_bytes()), [Some(long)]);
        let endless = io::repeat(b'x').take(ANSWER + 5);
        assert_eq!(said((&b"1\n"[..]).chain(endless)), [Some("1".into()), None]);
    }

    /// A rule that never ends must not go on after leaver.
    #[cfg(unix)]
    #[test]
    fn a_child_ends_with_its_parents_interest() {
        let child = Child::start(Path::new("/bin/sleep"), "600", &1).expect("it starts");
        let id = child.process.id().to_string();
        let alive = || Command::new("kill").args(["-0", &id]).stderr(Stdio::null()).status().expect("kill").success();
        assert!(alive());
        assert_eq!(child.next::<u8>(Duration::ZERO), Err(Silence::Late));
        drop(child);
        assert!(!alive());
    }

    #[test]
    fn a_binary_that_is_not_there_is_said() {
        let error = Child::start(Path::new("/nowhere/leaver"), "x", &1).err();
        assert!(error.is_some_and(|error| error.starts_with("cannot start it: ")));
    }
}
