//! Starts leaver's own binary as a worker process for users' rules, with limits on memory, files and time. The worker gets one request and responds
//! in lines of JSON. The parent kills the worker when it needs no more responses.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    path::Path,
    process::{ChildStdout, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread::JoinHandle,
    time::Duration,
};

use serde::{Serialize, de::DeserializeOwned};

use crate::interrupt::{OnSignal, on_signal};
use clock::process_time;

pub(crate) mod clock;

/// Maximum number of unread responses. At this number, the worker must wait, because the parent has no memory limit.
const MAX_UNREAD: usize = 4;

/// Time to start a worker and load its policies, in addition to the time limit of rules.
pub(crate) const GRACE: Duration = Duration::from_secs(3);

/// Why there is no further response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoResponse {
    /// The worker ended without a final response.
    Ended,
    /// The worker took too long.
    TimedOut,
    /// The worker sent a response that is invalid or too long.
    Invalid,
}

/// A running worker.
pub(crate) struct Child {
    process: Arc<Mutex<std::process::Child>>,
    responses: Option<Responses>,
    /// Kills the worker when a signal ends this process.
    _on_signal: OnSignal,
}

/// How responses are read.
enum Responses {
    /// Another thread reads, so that waiting for a response has a timeout.
    Read(mpsc::Receiver<Option<String>>, JoinHandle<()>),
    /// The calling thread reads, because no other thread could be started. Only the worker's own limit on processor time ends the wait.
    Direct(Mutex<BufReader<ChildStdout>>, u64),
}

impl Child {
    /// Starts `binary` with a hidden command and sends the request to it. A response has at most `max_bytes` bytes.
    pub(crate) fn start(
        binary: &Path,
        command: &str,
        request: &impl Serialize,
        max_bytes: u64,
    ) -> Result<Self, String> {
        let request = serde_json::to_vec(request).map_err(|error| format!("cannot serialize the request: {error}"))?;
        let mut command_line = Command::new(binary);
        command_line.arg(command).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let (process, on_signal) = on_signal(|| {
            let process = Arc::new(Mutex::new(command_line.spawn()?));
            let same = Arc::clone(&process);
            Ok((process, move || kill(&same)))
        })
        .map_err(|error: io::Error| format!("cannot start it: {error}"))?;
        let (stdin, stdout) = match process.lock() {
            Ok(mut process) => (process.stdin.take(), process.stdout.take()),
            Err(_) => (None, None),
        };
        let mut child = Self { process, responses: None, _on_signal: on_signal };
        // The worker reads the whole request before it responds. If the worker dies early, writing fails, and `next` reports the error.
        drop(stdin.map(|mut to| to.write_all(&request)));
        child.responses = stdout.map(|from| Responses::of(from, max_bytes));
        Ok(child)
    }

    /// Waits for the next response, for at most `timeout` of wall-clock time. Usually, the worker ends itself earlier, when its processor time is
    /// used up ([`allow_time`]).
    pub(crate) fn next<T: DeserializeOwned>(&self, timeout: Duration) -> Result<T, NoResponse> {
        let response = self.responses.as_ref().ok_or(NoResponse::Ended)?.next(timeout);
        let response = response.map_err(|error| if self.is_over_time() { NoResponse::TimedOut } else { error })?;
        response.and_then(|line| serde_json::from_str(&line).ok()).ok_or(NoResponse::Invalid)
    }

    /// Whether the worker has ended because its processor time was used up.
    fn is_over_time(&self) -> bool {
        let Ok(mut process) = self.process.lock() else { return false };
        // The worker closes its output when it ends, so this wait is short.
        (0..10).any(|_| {
            let status = process.try_wait();
            if matches!(status, Ok(None)) {
                std::thread::sleep(Duration::from_millis(10));
            }
            matches!(status, Ok(Some(status)) if status.code() == Some(OVER_TIME))
        })
    }
}

impl Responses {
    fn of(from: ChildStdout, max_bytes: u64) -> Self {
        // The thread is started before it gets the reader. If it cannot be started, the reader is still available here.
        let (hand_over, taken) = mpsc::sync_channel::<ChildStdout>(1);
        let (sender, lines) = mpsc::sync_channel(MAX_UNREAD);
        let work = move || {
            if let Ok(from) = taken.recv() {
                forward_lines(from, max_bytes, &sender);
            }
        };
        match std::thread::Builder::new().spawn(work) {
            Ok(thread) => {
                drop(hand_over.send(from));
                Self::Read(lines, thread)
            }
            Err(_) => Self::Direct(Mutex::new(BufReader::new(from)), max_bytes),
        }
    }

    fn next(&self, timeout: Duration) -> Result<Option<String>, NoResponse> {
        match self {
            Self::Read(lines, _) => lines.recv_timeout(timeout).map_err(|error| match error {
                mpsc::RecvTimeoutError::Timeout => NoResponse::TimedOut,
                mpsc::RecvTimeoutError::Disconnected => NoResponse::Ended,
            }),
            Self::Direct(from, max_bytes) => {
                let mut from = from.lock().map_err(|_| NoResponse::Ended)?;
                read_line(&mut *from, *max_bytes).ok_or(NoResponse::Ended)
            }
        }
    }
}

/// Kills a process.
fn kill(process: &Mutex<std::process::Child>) {
    if let Ok(mut process) = process.lock() {
        drop(process.kill());
        drop(process.wait());
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        kill(&self.process);
        // The receiver is dropped first, since the thread may be waiting for room in the channel.
        if let Some(Responses::Read(lines, thread)) = self.responses.take() {
            drop(lines);
            drop(thread.join());
        }
    }
}

/// Sends each line to the channel. A line that is too long or not UTF-8 is sent as `None` and ends the function.
fn forward_lines(from: impl Read, max_bytes: u64, to: &mpsc::SyncSender<Option<String>>) {
    let mut from = BufReader::new(from);
    while let Some(line) = read_line(&mut from, max_bytes) {
        let stop = line.is_none();
        if to.send(line).is_err() || stop {
            return;
        }
    }
}

/// Reads the next line. Returns `Some(None)` if the line is too long or not UTF-8, and `None` at the end.
#[expect(clippy::option_option, reason = "the end of the input is not an invalid line")]
fn read_line(from: &mut impl BufRead, max_bytes: u64) -> Option<Option<String>> {
    let mut line = Vec::new();
    if from.take(max_bytes).read_until(b'\n', &mut line).ok()? == 0 {
        return None;
    }
    // An incomplete line means that the worker died while writing.
    if line.pop() != Some(b'\n') {
        return (line.len() as u64 >= max_bytes.saturating_sub(1)).then_some(None);
    }
    Some(String::from_utf8(line).ok())
}

/// Sends one message to the parent.
pub(crate) fn send_line(output: &mut impl Write, word: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *output, word)?;
    output.write_all(b"\n")?;
    output.flush()
}

/// This process ends when it has used this processor time, in milliseconds.
static LAST_MILLIS: AtomicU64 = AtomicU64::new(u64::MAX);

/// Exit status of a worker whose processor time is used up.
const OVER_TIME: i32 = 124;

/// Limits the further processor time of this process. Only the worker calls this function.
pub(crate) fn allow_time(time: Duration) {
    let last = process_time().saturating_add(time).as_millis();
    LAST_MILLIS.store(u64::try_from(last).unwrap_or(u64::MAX), Ordering::Relaxed);
}

/// Starts a thread that ends this process when its processor time is used up or when its parent has ended. The thread of an endless rule cannot check
/// this itself.
#[cfg(unix)]
fn end_in_time() {
    use std::os::unix::process::parent_id;
    const POLL_INTERVAL: Duration = Duration::from_millis(100);
    let parent = parent_id();
    let is_over = || process_time().as_millis() > u128::from(LAST_MILLIS.load(Ordering::Relaxed));
    let watch = move || {
        while parent_id() == parent && !is_over() {
            std::thread::sleep(POLL_INTERVAL);
        }
        #[expect(clippy::exit, reason = "the other thread is in a rule")]
        std::process::exit(if is_over() { OVER_TIME } else { 2 });
    };
    // If no thread can be started, the operating system's limit on processor time ends the process.
    drop(std::thread::Builder::new().stack_size(64 * 1024).spawn(watch));
}

/// Limits the lifetime, address space and processor time of this process, and forbids core files and writing to files.
pub(crate) fn limit(memory_mib: u64, seconds: u64) -> io::Result<()> {
    #[cfg(unix)]
    {
        use rlimit::Resource;
        end_in_time();
        let bytes = memory_mib.saturating_mul(1024 * 1024);
        Resource::AS.set(bytes, bytes)?;
        // Usually, the parent stops the worker earlier. This limit ends the worker if the parent was killed or has no thread for the timeout.
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

    const MAX_BYTES: u64 = 8 * 1024 * 1024;

    fn forwarded(bytes: impl Read + Send) -> Vec<Option<String>> {
        let (sender, lines) = mpsc::sync_channel(MAX_UNREAD);
        std::thread::scope(|scope| {
            scope.spawn(move || forward_lines(bytes, MAX_BYTES, &sender));
            lines.into_iter().collect()
        })
    }

    #[test]
    fn incomplete_lines_are_dropped() {
        assert_eq!(forwarded(&b"1\n2\nhal"[..]), [Some("1".into()), Some("2".into())]);
        assert_eq!(forwarded(&b"1\n\xff\n3\n"[..]), [Some("1".into()), None]);
        let long = "x".repeat(4 * 1024 * 1024);
        assert_eq!(forwarded(format!("{long}\n").as_bytes()), [Some(long)]);
        let endless = io::repeat(b'x').take(MAX_BYTES + 5);
        assert_eq!(forwarded((&b"1\n"[..]).chain(endless)), [Some("1".into()), None]);
    }

    /// A rule that does not terminate must not keep running after leaver has ended.
    #[cfg(unix)]
    #[test]
    fn dropping_a_child_kills_its_process() {
        let child = Child::start(Path::new("/bin/sleep"), "600", &1, MAX_BYTES).expect("it starts");
        let id = child.process.lock().expect("ours").id().to_string();
        let alive = || Command::new("kill").args(["-0", &id]).stderr(Stdio::null()).status().expect("kill").success();
        assert!(alive());
        assert_eq!(child.next::<u8>(Duration::ZERO), Err(NoResponse::TimedOut));
        drop(child);
        assert!(!alive());
    }

    /// `yes` writes the same line as fast as possible. leaver must not buffer more than `MAX_UNREAD` lines, and must be able to stop the reader.
    #[cfg(unix)]
    #[test]
    fn a_worker_waits_until_its_responses_are_read() {
        let child = Child::start(Path::new("/usr/bin/yes"), "1", &1, MAX_BYTES).expect("it starts");
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(child.next::<u8>(Duration::from_secs(5)), Ok(1));
        drop(child);
    }

    #[cfg(unix)]
    #[test]
    fn responses_are_read_without_a_thread() {
        let read = |text: &str| {
            let mut process = Command::new("/bin/echo").arg(text).stdout(Stdio::piped()).spawn().expect("it starts");
            process.wait().expect("it ends");
            let responses = Responses::Direct(Mutex::new(BufReader::new(process.stdout.take().expect("a pipe"))), 16);
            [responses.next(Duration::ZERO), responses.next(Duration::ZERO)]
        };
        assert_eq!(read("7"), [Ok(Some("7".into())), Err(NoResponse::Ended)]);
        assert_eq!(read("more than a response")[0], Ok(None));
    }

    #[test]
    fn a_missing_binary_is_an_error() {
        let error = Child::start(Path::new("/nowhere/leaver"), "x", &1, MAX_BYTES).err();
        assert!(error.is_some_and(|error| error.starts_with("cannot start it: ")));
    }
}
