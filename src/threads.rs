//! The thread pool. It uses as many threads as the system provides, down to the current one.

use std::{
    sync::{Once, mpsc},
    thread::{Builder, available_parallelism},
};

use rayon::{ThreadBuilder, ThreadPoolBuilder};

static STARTED: Once = Once::new();

/// Starts the requested number of threads, by default one per processor, or as many as the system provides. Only the first call counts.
pub(crate) fn start(wanted: Option<usize>) {
    STARTED.call_once(|| {
        let wanted = wanted.or_else(|| available_parallelism().ok().map(usize::from)).unwrap_or(1);
        // Not rayon's own threads: if one of them cannot be created, rayon has no pool at all from then on.
        let made: Vec<_> = if wanted > 1 { (0..wanted).map_while(|_| waiting()).collect() } else { Vec::new() };
        // Two threads that share one worker's load are slower than one.
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
        // Fails only if a pool exists already, as in a test: then that one is used.
        drop(built);
    });
}

/// A worker thread; `None` if the system provides no more.
fn waiting() -> Option<mpsc::SyncSender<ThreadBuilder>> {
    let (sender, work) = mpsc::sync_channel::<ThreadBuilder>(1);
    let run = move || {
        if let Ok(work) = work.recv() {
            work.run();
        }
    };
    Builder::new().spawn(run).is_ok().then_some(sender)
}
