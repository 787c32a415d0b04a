//! `leaver signoff status` on terminals of several widths.

use std::process::Command;

use super::board::Board;

#[test]
fn status_fits_the_width() {
    let board = Board::new();
    board.signed("ada", &[]);
    board.edit("apps.yaml", "dataClass: internal", "dataClass: restricted");
    let (_, text) = board.leaver(&["signoff", "status"]);
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert!(text.contains("signoff/stale"), "{text}");
    if Command::new("script").arg("--version").output().is_err() {
        eprintln!("skipped: there is no `script` to make a terminal");
        return;
    }
    for (width, color) in [(60, "never"), (80, "never"), (140, "never"), (60, "always")] {
        let line =
            format!("stty cols {width} rows 40; '{}' --color {color} signoff status", env!("CARGO_BIN_EXE_leaver"));
        let output = Command::new("script")
            .args(["-qec", &line, "/dev/null"])
            .current_dir(board.path())
            .env("LEAVER_TODAY", crate::common::TODAY)
            .env("TERM", "xterm")
            .output()
            .expect("script starts");
        let shown = String::from_utf8_lossy(&output.stdout).replace('\r', "");
        let shown: String = shown
            .split('\u{1b}')
            .enumerate()
            .map(|(at, part)| if at == 0 { part } else { part.split_once('m').map_or("", |(_, rest)| rest) })
            .collect();
        assert_eq!(words(&shown), words(&text), "{width}");
        for line in shown.lines().filter(|line| !line.starts_with("next: ")) {
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
    }
}
