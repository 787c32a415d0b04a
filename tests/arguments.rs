//! A file name is never parsed as an option, because a change chooses its file names, but must not choose the options of its check.

use std::path::Path;

use crate::common::{CLEAN, FAULTY, code, err, folder, git, leaver, leaver_with, out, with_git};

/// A configuration under which `FAULTY` has no finding.
const LAX: &str = "version: 1\nrules: {jit/no-update-owner: {severity: off}}\n";

/// A catalogue with one error and with a file of this name.
fn catalogue(name: &str, text: &str) -> tempfile::TempDir {
    folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", FAULTY), (name, text)])
}

fn assert_refused(folder: &Path, arguments: &[&str], name: &str) {
    let output = leaver(folder, arguments);
    assert_eq!(code(&output), 2, "{arguments:?}: {}{}", out(&output), err(&output));
    assert!(out(&output).is_empty(), "{arguments:?}: {}", out(&output));
    for part in [&format!("`{name}` is an option"), &format!("./{name}"), "`--`"] {
        assert!(err(&output).contains(part), "{arguments:?}: no {part} in {}", err(&output));
    }
}

#[test]
fn file_names_that_look_like_options_are_refused() {
    for (name, text) in [
        ("--config=x.yaml", LAX),
        ("--exit-zero", ""),
        ("--ignore=jit", ""),
        ("--select=waiver", ""),
        ("--fail-on=info", ""),
        ("--baseline=b.yaml", ""),
        ("-ojson=leaver.yaml", ""),
        ("-o", ""),
        ("-q", ""),
        ("-qv", ""),
        ("--help", ""),
        ("-V", ""),
        ("--no-such-option.yaml", CLEAN),
        ("--config=dir/x.yaml", LAX),
    ] {
        let files = catalogue(name, text);
        assert_refused(files.path(), &["check", "a.yaml", name], name);
        assert_refused(files.path(), &["check", name, "a.yaml"], name);
        assert_refused(files.path(), &[name, "check", "a.yaml"], name);
        for path in [&["--", "a.yaml", name][..], &["a.yaml", &format!("./{name}")]] {
            let output = leaver(files.path(), &[&["check"], path].concat());
            let text = format!("{}{}", out(&output), err(&output));
            assert!(!text.contains("is an option"), "{path:?}: {text}");
            // The error in `a.yaml` is still reported. A path that is not a YAML file is a failure, too.
            assert!(code(&output) != 0 && text.contains("jit/no-update-owner"), "{path:?}: {text}");
        }
    }
}

#[test]
fn every_command_refuses_file_names_like_options() {
    let files = catalogue("--quiet", "");
    let help = out(&leaver(files.path(), &["--help"]));
    let list = help.split("Commands:").nth(1).expect("a list").split("\n\n").next().expect("an end");
    let commands: Vec<&str> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(commands.len() > 10, "{commands:?}");
    for command in commands {
        assert_refused(files.path(), &[command, "--quiet"], "--quiet");
        assert_refused(files.path(), &["--color", "never", command, "--quiet"], "--quiet");
    }
    assert_refused(files.path(), &["signoff", "verify", "--quiet"], "--quiet");
    assert_refused(files.path(), &["config", "show", "--quiet"], "--quiet");
    assert_refused(files.path(), &["--quiet"], "--quiet");
}

#[test]
fn an_option_is_refused_if_a_file_has_its_name() {
    let files = catalogue("--config", "");
    assert_refused(files.path(), &["check", "--config", "leaver.yaml"], "--config");
    assert_eq!(code(&leaver(files.path(), &["check", "--config=leaver.yaml"])), 1, "another argument");
    // A file may have the same name as the value of an option.
    let files = catalogue("concise", "");
    assert_eq!(code(&leaver(files.path(), &["check", "-o", "concise"])), 1);
}

#[test]
fn real_options_work_in_folders_with_other_files() {
    let files = catalogue("--exit-zero.yaml", "# nothing\n");
    assert_eq!(code(&leaver(files.path(), &["check", "--exit-zero"])), 0);
    assert_eq!(code(&leaver(files.path(), &["check", "--", "a.yaml"])), 1);
    let below = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", FAULTY), ("below/--exit-zero", "")]);
    assert_eq!(code(&leaver(below.path(), &["check", "--exit-zero"])), 0, "a file in another folder");
}

#[test]
fn standard_input_is_not_a_file_name() {
    let files = catalogue("-", "");
    for arguments in [&["check", "-"][..], &["check", "--", "-"]] {
        let output = leaver_with(files.path(), arguments, CLEAN);
        assert_eq!(code(&output), 2, "{}", out(&output));
        assert!(err(&output).contains("`./-`"), "{}", err(&output));
    }
    std::fs::remove_file(files.path().join("-")).expect("removed");
    assert_eq!(code(&leaver_with(files.path(), &["check", "-"], FAULTY)), 1);
}

#[cfg(unix)]
#[test]
fn a_link_is_a_file_wherever_it_points() {
    let files = catalogue("b.yaml", "# nothing\n");
    std::os::unix::fs::symlink("nowhere", files.path().join("--exit-zero")).expect("a link");
    assert_refused(files.path(), &["check", "--exit-zero"], "--exit-zero");
}

#[test]
fn file_names_of_a_change_do_not_choose_its_options() {
    let files = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", CLEAN)]);
    git(files.path(), &["init", "-q"]);
    git(files.path(), &["add", "-A"]);
    git(files.path(), &["commit", "-qm", "base"]);
    let base = ["check", "--trust-ref", "refs/heads/main", "--since", "refs/heads/main"];
    for name in ["--exit-zero", "--ignore=jit/no-update-owner", "--select=jit/no-inactivity-limit"] {
        std::fs::write(files.path().join("b.yaml"), FAULTY.replace("slack", "zoom")).expect("written");
        let path = files.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("created");
        std::fs::write(&path, "# nothing\n").expect("written");
        git(files.path(), &["add", "-A"]);
        let changed = ["b.yaml", name];
        let output = with_git(files.path(), &[&base[..], &changed].concat());
        assert_eq!(code(&output), 2, "{name}: {}", out(&output));
        let output = with_git(files.path(), &[&base[..], &["--"], &changed].concat());
        assert_ne!(code(&output), 0, "{name}: {}{}", out(&output), err(&output));
        std::fs::remove_file(&path).expect("removed");
    }
}
