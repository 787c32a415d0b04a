//! Measures processes: wall-clock time, processor time, peak memory.

use std::{
    env,
    process::{Command, Stdio},
    time::Instant,
};

use nix::sys::resource::{UsageWho, getrusage};

/// Returns the binary to measure: `LEAVER_BINARY`, or the release build of this checkout.
pub(crate) fn leaver() -> String {
    let built = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/release/leaver");
    env::var("LEAVER_BINARY").unwrap_or_else(|_| built.to_owned())
}

/// The cost of one run of a program, in seconds and MiB.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) wall: f64,
    pub(crate) processor: f64,
    pub(crate) peak_mib: f64,
}

impl Cost {
    /// Returns the format that [`child`] reads.
    pub(crate) fn line(self) -> String {
        format!("{} {} {}", self.wall, self.processor, self.peak_mib)
    }
}

/// Runs a program until it exits. The exit status may be 0 or 1, since findings are expected.
#[expect(clippy::cast_precision_loss, reason = "KiB of memory, far below 2^52")]
pub(crate) fn run(command: &[String]) -> Cost {
    let started = Instant::now();
    let status = Command::new(&command[0])
        .args(&command[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .expect("it starts");
    let wall = started.elapsed().as_secs_f64();
    assert!(status.code().is_some_and(|code| code < 2), "{command:?}: {status}");
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("resource usage");
    let seconds = |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    Cost {
        wall,
        processor: seconds(usage.user_time()) + seconds(usage.system_time()),
        peak_mib: usage.max_rss() as f64 / 1024.0,
    }
}

/// Like [`run`], in an intermediate process, since the system reports the peak memory of all children together.
pub(crate) fn child(command: &[String]) -> Cost {
    let output = Command::new(env::current_exe().expect("it runs"))
        .arg("__run")
        .args(command)
        .stderr(Stdio::inherit())
        .output()
        .expect("it starts");
    let text = String::from_utf8(output.stdout).expect("text");
    let numbers: Vec<f64> = text.split_whitespace().map(|word| word.parse().expect("a number")).collect();
    let [wall, processor, peak_mib] = numbers[..] else { panic!("{text}") };
    Cost { wall, processor, peak_mib }
}

/// Returns the fastest of several rounds. A warm-up round comes first, unless there is only one round.
pub(crate) fn fastest(rounds: usize, mut run: impl FnMut() -> Cost) -> Cost {
    if rounds > 1 {
        run();
    }
    (0..rounds).map(|_| run()).min_by(|one, other| one.wall.total_cmp(&other.wall)).expect("a round")
}
