//! The shell blocks of `docs/signoff.md` run in order in one repository, and have the documented results.

use std::{path::Path, process::Command};

use crate::common::root;

#[test]
fn the_procedure_works_as_written() {
    let page = std::fs::read_to_string(root().join("docs/signoff.md")).expect("text");
    let mut script = String::from("set -eu\n");
    let mut blocks = 0;
    let mut open = false;
    for line in page.lines() {
        match line {
            "```sh" => {
                open = true;
                blocks += 1;
                script.push_str(&format!("echo '== block {blocks}'\n"));
            }
            "```" => open = false,
            line if open => {
                script.push_str(line);
                script.push('\n');
            }
            _ => {}
        }
    }
    assert!(blocks >= 8, "{blocks}");
    let folder = crate::common::folder(&[]);
    let home = folder.path().join("home");
    std::fs::create_dir_all(home.join(".ssh")).expect("a folder");
    let work = folder.path().join("work");
    std::fs::create_dir(&work).expect("a folder");
    let bin = Path::new(env!("CARGO_BIN_EXE_leaver")).parent().expect("a folder");
    let path = std::env::var_os("PATH").expect("PATH is set");
    let path = format!("{}:{}", bin.display(), path.to_string_lossy());
    let output = Command::new("bash")
        .args(["-c", &script])
        .current_dir(&work)
        .env_clear()
        .envs([("PATH", path.as_str()), ("LEAVER_TODAY", crate::common::TODAY)])
        .env("HOME", &home)
        .envs([
            ("GIT_AUTHOR_NAME", "t"),
            ("GIT_AUTHOR_EMAIL", "t@example.com"),
            ("GIT_COMMITTER_NAME", "t"),
            ("GIT_COMMITTER_EMAIL", "t@example.com"),
        ])
        .output()
        .expect("bash runs");
    let printed = format!("{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{printed}");
    // Each part of the page promises one of these results.
    for word in [
        "slack (tier 1): missing",
        "slack (tier 1): signed",
        "expires-soon",
        "is revoked: no signature counts",
        "== done",
    ] {
        assert!(printed.contains(word), "{word} in {printed}");
    }
}
