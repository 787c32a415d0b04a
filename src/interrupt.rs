//! Cleans up when a signal terminates leaver: removes temporary files and kills the child process.

#[cfg(unix)]
use std::sync::{
    Arc, LazyLock,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};
use std::{
    collections::BTreeMap,
    fs, io,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The clean-up actions. Each has a number, so that an [`OnSignal`] can remove its action.
struct Actions {
    next: u64,
    open: BTreeMap<u64, Box<dyn FnOnce() + Send>>,
}

static ACTIONS: Mutex<Actions> = Mutex::new(Actions { next: 0, open: BTreeMap::new() });

fn actions() -> MutexGuard<'static, Actions> {
    ACTIONS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes its clean-up action when dropped.
#[derive(Debug)]
pub(crate) struct OnSignal(u64);

impl Drop for OnSignal {
    fn drop(&mut self) {
        let action = actions().open.remove(&self.0);
        drop(action);
        poll();
    }
}

/// Creates something together with its clean-up action. No signal is handled between the two steps.
pub(crate) fn on_signal<T, E, F>(make: impl FnOnce() -> Result<(T, F), E>) -> Result<(T, OnSignal), E>
where
    F: FnOnce() + Send + 'static,
{
    poll();
    let mut actions = actions();
    let (value, action) = make()?;
    let number = actions.next;
    actions.next += 1;
    actions.open.insert(number, Box::new(action));
    Ok((value, OnSignal(number)))
}

/// A temporary file. It is removed when this value is dropped, or on a signal.
#[derive(Debug)]
pub(crate) struct TemporaryFile {
    file: tempfile::NamedTempFile,
    _on_signal: OnSignal,
}

impl TemporaryFile {
    /// Creates a file in the folder, with a name that begins with `.leaver-`.
    pub(crate) fn create_in(folder: &Path) -> io::Result<Self> {
        let (file, on_signal) = on_signal(|| {
            let file = tempfile::Builder::new().prefix(".leaver-").tempfile_in(folder)?;
            let path = file.path().to_owned();
            Ok::<_, io::Error>((file, move || drop(fs::remove_file(path))))
        })?;
        Ok(Self { file, _on_signal: on_signal })
    }

    pub(crate) fn file(&mut self) -> &mut fs::File {
        self.file.as_file_mut()
    }

    /// Renames the file to its final name. Unless `replace`, an existing file with this name is an error.
    pub(crate) fn persist(self, path: &Path, replace: bool) -> io::Result<()> {
        let Self { file, _on_signal } = self;
        let done = if replace { file.persist(path) } else { file.persist_noclobber(path) };
        done.map(drop).map_err(|error| error.error)
    }
}

/// The polling interval of the thread that waits for a signal. The thread polls, because a way to wake it would require a pair of sockets.
#[cfg(unix)]
const POLL_INTERVAL: std::time::Duration = std::time::Duration::from_millis(20);

/// 128 plus the number of the received signal; 0 if no signal was received.
#[cfg(unix)]
static RECEIVED: LazyLock<Arc<AtomicUsize>> = LazyLock::new(Arc::default);

/// Whether no thread waits for signals, so that [`poll`] has to handle them.
#[cfg(unix)]
static NO_THREAD: AtomicBool = AtomicBool::new(false);

/// Handles SIGINT, SIGTERM and SIGHUP: in a thread, or in [`poll`] if the system provides no thread.
#[cfg(unix)]
pub(crate) fn listen() {
    let (ready, waiting) = std::sync::mpsc::sync_channel(1);
    let wait = move || {
        register();
        let _ = ready.send(());
        while RECEIVED.load(Ordering::SeqCst) == 0 {
            std::thread::sleep(POLL_INTERVAL);
        }
        clean_up_and_exit();
    };
    if std::thread::Builder::new().name("signals".into()).spawn(wait).is_ok() {
        let _ = waiting.recv();
    } else {
        register();
        NO_THREAD.store(true, Ordering::SeqCst);
    }
}

/// Ends leaver if it received a signal and no thread handles signals. Loops over files, declarations and outputs call this function.
pub(crate) fn poll() {
    #[cfg(unix)]
    if NO_THREAD.load(Ordering::Relaxed) && RECEIVED.load(Ordering::SeqCst) != 0 {
        clean_up_and_exit();
    }
}

#[cfg(unix)]
fn register() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        if signal != SIGHUP || !ignored(signal) {
            let status = usize::try_from(128 + signal).unwrap_or_default();
            // A signal that cannot be handled terminates leaver as usual.
            drop(signal_hook::flag::register_usize(signal, Arc::clone(&RECEIVED), status));
        }
    }
}

/// Cleans up and ends leaver.
#[cfg(unix)]
fn clean_up_and_exit() {
    // Keep the lock until the process ends, so that no other thread creates a file or child process.
    let mut actions = actions();
    for action in std::mem::take(&mut actions.open).into_values() {
        action();
    }
    #[expect(clippy::exit, reason = "a signal terminates the process wherever it is")]
    std::process::exit(i32::try_from(RECEIVED.load(Ordering::SeqCst)).unwrap_or(1));
}

/// Whether the parent process set the signal to be ignored, as `nohup` does.
#[cfg(unix)]
fn ignored(signal: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    mask >> (signal - 1) & 1 == 1
}

/// On other systems, the console ends this process and its child process, which uses the same console.
#[cfg(not(unix))]
pub(crate) fn listen() {}
