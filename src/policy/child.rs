//! A child of the same binary: it gets one order, answers in lines of JSON, and is killed when it is no longer listened to. What
//! leaver does not ship runs there, with limits of memory, files and time.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    path::Path,
    process::{ChildStdout, Command, Stdio},
    sync::{Arc, Mutex, mpsc},
    thread::JoinHandle,
    time::Duration,
};

use serde::{Serialize, de::DeserializeOwned};

use crate::interrupt::{OnSignal, on_signal};

/// Answers that wait to be read. A child that is faster than its parent waits, too: the parent has no limit of memory of its own.
const WAITING: usize = 4;

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
    process: Arc<Mutex<std::process::Child>>,
    answers: Option<Answers>,
    /// Kills the child where a signal ends this process.
    _on_signal: OnSignal,
}

/// How answers are read.
enum Answers {
    /// By a thread, so that nobody waits for longer than they want to.
    Read(mpsc::Receiver<Option<String>>, JoinHandle<()>),
    /// In this thread, where the system gives no other one. The child's own limit of processor time ends the waiting.
    Direct(Mutex<BufReader<ChildStdout>>, u64),
}

impl Child {
    /// Starts `binary` with a hidden command and hands it its order. An answer has `longest` bytes at most. The error says what did not work.
    pub(crate) fn start(binary: &Path, command: &str, order: &impl Serialize, longest: u64) -> Result<Self, String> {
        let order = serde_json::to_vec(order).map_err(|error| format!("cannot hand over the catalogue: {error}"))?;
        let mut command_line = Command::new(binary);
        command_line.arg(command).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let (process, on_signal) = on_signal(|| {
            let process = Arc::new(Mutex::new(command_line.spawn()?));
            let same = Arc::clone(&process);
            Ok((process, move || end(&same)))
        })
        .map_err(|error: io::Error| format!("cannot start it: {error}"))?;
        let (stdin, stdout) = match process.lock() {
            Ok(mut process) => (process.stdin.take(), process.stdout.take()),
            Err(_) => (None, None),
        };
        let mut child = Self { process, answers: None, _on_signal: on_signal };
        // It reads all of its order before it answers. A child that dies early closes the pipe; its silence is the error then.
        drop(stdin.map(|mut to| to.write_all(&order)));
        child.answers = stdout.map(|from| Answers::of(from, longest));
        Ok(child)
    }

    /// The next answer, waited for no longer than `patience`.
    pub(crate) fn next<T: DeserializeOwned>(&self, patience: Duration) -> Result<T, Silence> {
        let answer = self.answers.as_ref().ok_or(Silence::Ended)?.next(patience)?;
        answer.and_then(|line| serde_json::from_str(&line).ok()).ok_or(Silence::Garbled)
    }
}

impl Answers {
    fn of(from: ChildStdout, longest: u64) -> Self {
        // The thread is made first: what it is to read stays here where there is none.
        let (hand_over, taken) = mpsc::sync_channel::<ChildStdout>(1);
        let (sender, lines) = mpsc::sync_channel(WAITING);
        let work = move || {
            if let Ok(from) = taken.recv() {
                pass_on(from, longest, &sender);
            }
        };
        match std::thread::Builder::new().spawn(work) {
            Ok(thread) => {
                drop(hand_over.send(from));
                Self::Read(lines, thread)
            }
            Err(_) => Self::Direct(Mutex::new(BufReader::new(from)), longest),
        }
    }

    fn next(&self, patience: Duration) -> Result<Option<String>, Silence> {
        match self {
            Self::Read(lines, _) => lines.recv_timeout(patience).map_err(|error| match error {
                mpsc::RecvTimeoutError::Timeout => Silence::Late,
                mpsc::RecvTimeoutError::Disconnected => Silence::Ended,
            }),
            Self::Direct(from, longest) => {
                let mut from = from.lock().map_err(|_| Silence::Ended)?;
                line(&mut *from, *longest).ok_or(Silence::Ended)
            }
        }
    }
}

/// Ends a process, whatever it does.
fn end(process: &Mutex<std::process::Child>) {
    if let Ok(mut process) = process.lock() {
        drop(process.kill());
        drop(process.wait());
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        end(&self.process);
        // The receiver goes first: the thread may wait for room in it.
        if let Some(Answers::Read(lines, thread)) = self.answers.take() {
            drop(lines);
            drop(thread.join());
        }
    }
}

/// Line by line; `None` for one that is too long or no text.
fn pass_on(from: impl Read, longest: u64, to: &mpsc::SyncSender<Option<String>>) {
    let mut from = BufReader::new(from);
    while let Some(line) = line(&mut from, longest) {
        let stop = line.is_none();
        if to.send(line).is_err() || stop {
            return;
        }
    }
}

/// The next line; `Some(None)` for one that is too long or no text, none at the end.
#[expect(clippy::option_option, reason = "the end is not a bad line")]
fn line(from: &mut impl BufRead, longest: u64) -> Option<Option<String>> {
    let mut line = Vec::new();
    if from.take(longest).read_until(b'\n', &mut line).ok()? == 0 {
        return None;
    }
    // A line that breaks off is the end of a child that died while it spoke.
    if line.pop() != Some(b'\n') {
        return (line.len() as u64 >= longest.saturating_sub(1)).then_some(None);
    }
    Some(String::from_utf8(line).ok())
}

/// Says one word to the parent.
pub(crate) fn say(output: &mut impl Write, word: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *output, word)?;
    output.write_all(b"\n")?;
    output.flush()
}

/// Limits of this process: address space, processor time, no core file, no file may grow.
pub(crate) fn limit(memory_mib: u64, seconds: u64) -> io::Result<()> {
    #[cfg(unix)]
    {
        use rlimit::Resource;
        let bytes = memory_mib.saturating_mul(1024 * 1024);
        Resource::AS.set(bytes, bytes)?;
        // The parent stops the child earlier; this is for a parent that was killed, or has no thread to watch the clock.
        let seconds = seconds.saturating_add(GRACE.as_secs());
        Resource::CPU.set(seconds, seconds)?;
        Resource::CORE.set(0, 0)?;
        Resource::FSIZE.set(0, 0)?;
    }
    #[cfg(not(unix))]
    let _ = (memory_mib, seconds);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONGEST: u64 = 8 * 1024 * 1024;

    fn said(bytes: impl Read + Send) -> Vec<Option<String>> {
        let (sender, lines) = mpsc::sync_channel(WAITING);
        std::thread::scope(|scope| {
            scope.spawn(move || pass_on(bytes, LONGEST, &sender));
            lines.into_iter().collect()
        })
    }

    #[test]
    fn lines_come_whole_or_not_at_all() {
        assert_eq!(said(&b"1\n2\nhal"[..]), [Some("1".into()), Some("2".into())]);
        assert_eq!(said(&b"1\n\xff\n3\n"[..]), [Some("1".into()), None]);
        let long = "x".repeat(4 * 1024 * 1024);
        assert_eq!(said(format!("{long}\n").as_bytes()), [Some(long)]);
        let endless = io::repeat(b'x').take(LONGEST + 5);
        assert_eq!(said((&b"1\n"[..]).chain(endless)), [Some("1".into()), None]);
    }

    /// A rule that never ends must not go on after leaver.
    #[cfg(unix)]
    #[test]
    fn a_child_ends_with_its_parents_interest() {
        let child = Child::start(Path::new("/bin/sleep"), "600", &1, LONGEST).expect("it starts");
        let id = child.process.lock().expect("ours").id().to_string();
        let alive = || Command::new("kill").args(["-0", &id]).stderr(Stdio::null()).status().expect("kill").success();
        assert!(alive());
        assert_eq!(child.next::<u8>(Duration::ZERO), Err(Silence::Late));
        drop(child);
        assert!(!alive());
    }

    /// `yes` says the same line as fast as it can: what nobody reads is not kept, and the reader can be stopped.
    #[cfg(unix)]
    #[test]
    fn a_child_that_is_faster_than_its_parent_waits() {
        let child = Child::start(Path::new("/usr/bin/yes"), "1", &1, LONGEST).expect("it starts");
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(child.next::<u8>(Duration::from_secs(5)), Ok(1));
        drop(child);
    }

    #[cfg(unix)]
    #[test]
    fn answers_are_read_without_a_thread_too() {
        let heard = |text: &str| {
            let mut process = Command::new("/bin/echo").arg(text).stdout(Stdio::piped()).spawn().expect("it starts");
            process.wait().expect("it ends");
            let answers = Answers::Direct(Mutex::new(BufReader::new(process.stdout.take().expect("a pipe"))), 16);
            [answers.next(Duration::ZERO), answers.next(Duration::ZERO)]
        };
        assert_eq!(heard("7"), [Ok(Some("7".into())), Err(Silence::Ended)]);
        assert_eq!(heard("more than is an answer")[0], Ok(None));
    }

    #[test]
    fn a_binary_that_is_not_there_is_said() {
        let error = Child::start(Path::new("/nowhere/leaver"), "x", &1, LONGEST).err();
        assert!(error.is_some_and(|error| error.starts_with("cannot start it: ")));
    }
}
