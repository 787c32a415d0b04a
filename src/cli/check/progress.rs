//! A progress bar on standard error, for runs of more than a second on a terminal.

use std::{
    io::{self, IsTerminal},
    sync::Mutex,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// The progress bar, hidden during the first second.
pub(super) struct Progress {
    bar: Option<Mutex<ProgressBar>>,
    started: Instant,
}

impl Progress {
    pub(super) fn new(quiet: bool) -> Self {
        let bar = (!quiet && io::stderr().is_terminal()).then(|| Mutex::new(ProgressBar::hidden()));
        Self { bar, started: Instant::now() }
    }

    pub(super) fn update(&self, done: usize, all: usize) {
        let Some(bar) = &self.bar else { return };
        if !done.is_multiple_of(64) || self.started.elapsed() < Duration::from_secs(1) {
            return;
        }
        let Ok(mut bar) = bar.try_lock() else { return };
        if bar.is_hidden() {
            *bar = ProgressBar::with_draw_target(Some(all as u64), ProgressDrawTarget::stderr_with_hz(10));
            if let Ok(style) = ProgressStyle::with_template("checking {bar:32} {pos}/{len} declarations") {
                bar.set_style(style);
            }
        }
        bar.set_position(done as u64);
    }

    pub(super) fn finish(&self) {
        if let Some(Ok(bar)) = self.bar.as_ref().map(Mutex::lock) {
            bar.finish_and_clear();
        }
    }
}
