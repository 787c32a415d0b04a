//! Starts the thread pool. If the system limits the number of threads, the pool is smaller. In the extreme case, the pool is the current thread.

use std::{
    sync::{Once, mpsc},
    thread::{Builder, available_parallelism},
};

use rayon::{ThreadBuilder, ThreadPoolBuilder};

static STARTED: Once = Once::new();

/// Starts the requested number of threads (default: one per processor), or as many as the system provides. Only the first call has an effect.
pub(crate) fn start(wanted: Option<usize>) {
    STARTED.call_once(|| {
        let wanted = wanted.or_else(|| available_parallelism().ok().map(usize::from)).unwrap_or(1);
        // Create the threads here, because this process can never have a pool after rayon failed to create a thread.
        let made: Vec<_> = if wanted > 1 { (0..wanted).map_while(|_| spawn_waiting()).collect() } else { Vec::new() };
        // A pool with a single other thread would be slower than the current thread alone.
        let built = if made.len() < 2 {
            drop(made);
            ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global()
        } else {
            let count = made.len();
            let mut made = made.into_iter();
            let hand_over = |work: ThreadBuilder| match made.next() {
                Some(thread) => thread.send(work).map_err(|_| std::io::ErrorKind::BrokenPipe.into()),
                None => Err(std::io::ErrorKind::WouldBlock.into()),
            };
            ThreadPoolBuilder::new().num_threads(count).spawn_handler(hand_over).build_global()
        };
        // This fails only if a pool already exists, as in tests. The existing pool is then used.
        drop(built);
    });
}

/// Starts a thread that waits for its work. `None` if the system provides no further thread.
fn spawn_waiting() -> Option<mpsc::SyncSender<ThreadBuilder>> {
    let (sender, work) = mpsc::sync_channel::<ThreadBuilder>(1);
    let run = move || {
        if let Ok(work) = work.recv() {
            work.run();
        }
    };
    Builder::new().spawn(run).is_ok().then_some(sender)
}
