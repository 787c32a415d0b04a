//! Formats in the help, `--group-by` and `--all`.

use leaver::output::Format;

use crate::common::{CLEAN, FAULTY, code, err, folder, leaver, out, root};

#[test]
fn help_lists_each_format_with_a_line() {
    let help = out(&leaver(&root(), &["check", "--help"]));
    for format in Format::ALL {
        let line = help.lines().find(|line| line.trim_start().starts_with(&format!("{format} ")));
        let line = line.unwrap_or_else(|| panic!("{format}: {help}"));
        assert!(line.contains(format.about()) && format.about().len() > 10, "{format}: {line}");
    }
}

#[test]
fn grouping_is_chosen_by_name() {
    let files = folder(&[("a.yaml", FAULTY), ("b.yaml", CLEAN)]);
    for (by, heading) in [
        ("owner", "t: 1 error"),
        ("app", "box: 1 error"),
        ("rule", "jit/no-update-owner: JIT app without an update owner: 1 error"),
    ] {
        for format in ["full", "concise", "markdown"] {
            let text = out(&leaver(files.path(), &["check", "--fail-on", "error", "--group-by", by, "-o", format]));
            let plain = text.replace("&#47;", "/").replace("&#45;", "-");
            assert!(
                plain.lines().any(|line| line.trim_start_matches("### ").starts_with(heading)),
                "{by} {format}: {text}"
            );
        }
    }
    for (arguments, expected_text) in [
        (&["check", "--group-by", "team"][..], "must be owner, app or rule"),
        (&["check", "--group-by", "owner", "--framework", "dora"], "cannot be used with"),
    ] {
        let output = leaver(files.path(), arguments);
        assert!(code(&output) == 2 && err(&output).contains(expected_text), "{}", err(&output));
    }
}

/// In the default format, `--all` shows each finding in full instead of in one line. Other formats do not change.
#[test]
fn all_shows_every_finding_in_full() {
    let files: Vec<(String, String)> = (0..60)
        .map(|nth| (format!("a{nth}.yaml"), FAULTY.replacen("name: box", &format!("name: box-{nth}"), 1)))
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let files = folder(&files);
    let run =
        |more: &[&str]| out(&leaver(files.path(), &[&["check", "--select", "jit/no-update-owner"], more].concat()));
    let (brief, all) = (run(&[]), run(&["--all"]));
    assert_eq!(brief.lines().filter(|line| line.contains(": error[jit/no-update-owner]")).count(), 60, "{brief}");
    assert!(brief.lines().count() < 90 && brief.contains("--all"), "{brief}");
    assert!(all.lines().count() > 400 && !all.contains("--all"), "{}", all.lines().count());
    assert_eq!(run(&["-o", "concise"]), run(&["-o", "concise", "--all"]));
}
