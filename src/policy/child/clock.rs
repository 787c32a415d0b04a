//! Measures processor time, because limits on wall-clock time would depend on the load of the machine.

use std::time::Duration;

/// Work is stopped if its wall-clock time exceeds this multiple of its limit on processor time. On systems where leaver cannot read the processor
/// time, wall-clock time counts instead.
pub(crate) const PATIENCE: u32 = if cfg!(unix) { 16 } else { 2 };

/// The processor time of this thread.
pub(crate) fn thread_time() -> Duration {
    #[cfg(unix)]
    return duration(rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime));
    #[cfg(not(unix))]
    passed()
}

/// The processor time of all threads of this process.
pub(crate) fn process_time() -> Duration {
    #[cfg(unix)]
    return duration(rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime));
    #[cfg(not(unix))]
    passed()
}

#[cfg(unix)]
fn duration(time: rustix::time::Timespec) -> Duration {
    time.try_into().unwrap_or_default()
}

#[cfg(not(unix))]
fn passed() -> Duration {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    START.get_or_init(std::time::Instant::now).elapsed()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{process_time, thread_time};

    #[cfg(unix)]
    #[test]
    fn waiting_takes_no_processor_time() {
        let before = thread_time();
        std::thread::sleep(Duration::from_millis(300));
        assert!(thread_time().saturating_sub(before) < Duration::from_millis(200));
        // The two clocks may advance at different times, because a kernel may count one of them in ticks.
        let (thread, process, start) = (thread_time(), process_time(), Instant::now());
        let work = Duration::from_millis(30);
        while thread_time().saturating_sub(thread) < work || process_time().saturating_sub(process) < work {
            assert!(start.elapsed() < Duration::from_secs(60), "a processor clock does not advance");
        }
    }
}
