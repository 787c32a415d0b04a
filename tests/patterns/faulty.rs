//! A fault in a pattern prevents the evaluation of the apps that use it. A check of such an app reports the fault.

use super::{TEAM, app, in_one_piece, pattern, report};
use crate::common::{code, err, folder, git, leaver, out, with_git};

/// Each case: a description, the files of the patterns, an addition to the app, and the rule that reports the fault.
fn cases() -> Vec<(&'static str, Vec<String>, &'static str, &'static str)> {
    let valid = pattern(24);
    let named = |name: &str, spec: &str| {
        format!("apiVersion: leaver/v1\nkind: Pattern\nmetadata: {{name: {name}, owner: t}}\nspec:\n  {spec}\n")
    };
    let based = |on: &str| valid.replace("spec:\r\n", &format!("spec:\r\n  pattern: {on}\r\n"));
    let guests = "  populations: [employees, {name: guests, pattern: by-hand}]\n";
    let inherited =
        valid.replace("spec:\r\n", "spec:\r\n  populations: [employees, {name: guests, pattern: by-hand}]\r\n");
    vec![
        ("shape", vec![pattern(9999)], "", "schema/"),
        ("unknown base", vec![based("gone")], "", "schema/unknown-pattern"),
        ("cyclic base", vec![based("other"), named("other", "pattern: okta-scim")], "", "schema/endless-pattern"),
        ("shape of a base", vec![based("other"), named("other", "tier: nine")], "", "schema/invalid-value"),
        ("shape, population", vec![valid.clone(), named("by-hand", "tier: nine")], guests, "schema/invalid-value"),
        (
            "unknown base, population",
            vec![valid.clone(), named("by-hand", "pattern: gone")],
            guests,
            "schema/unknown-pattern",
        ),
        (
            "cyclic base, population",
            vec![valid.clone(), named("by-hand", "pattern: other"), named("other", "pattern: by-hand")],
            guests,
            "schema/endless-pattern",
        ),
        (
            "shape of a base, population",
            vec![valid, named("by-hand", "pattern: other"), named("other", "tier: nine")],
            guests,
            "schema/invalid-value",
        ),
        ("inherited population, shape", vec![inherited.clone(), named("by-hand", "tier: nine")], "", "schema/invalid"),
        ("inherited population, unknown", vec![inherited], "", "schema/unknown-pattern"),
    ]
}

#[test]
fn checking_an_app_reports_its_faulty_pattern() {
    for (what, patterns, more, rule) in cases() {
        let patterns: Vec<(String, String)> =
            patterns.into_iter().enumerate().map(|(at, text)| (format!("patterns/p{at}.yaml"), text)).collect();
        let miro = app("miro") + more;
        let alone = in_one_piece("alone", 24);
        let mut files = vec![
            ("leaver.yaml", "version: 1\n"),
            ("teams.yaml", TEAM),
            ("apps/miro.yaml", &miro),
            ("apps/alone.yaml", &alone),
        ];
        files.extend(patterns.iter().map(|(name, text)| (name.as_str(), text.as_str())));
        let files = folder(&files);
        git(files.path(), &["init", "-q"]);
        git(files.path(), &["add", "-A"]);
        git(files.path(), &["commit", "-qm", "base"]);
        for arguments in [&["apps/miro.yaml"][..], &["--since", "HEAD", "apps/miro.yaml"], &["apps"], &[]] {
            let output = with_git(files.path(), &[&["check", "-o", "concise"], arguments].concat());
            let text = out(&output);
            assert!(code(&output) == 1 && text.contains(&format!("error[{rule}")), "{what} {arguments:?}: {text}");
            let shown = out(&with_git(files.path(), &[&["check"], arguments].concat()));
            let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
            let is_of_pattern = what != "inherited population, unknown";
            let note = "1 app that uses it is not evaluated until this is fixed";
            assert_eq!(shown.contains(note), is_of_pattern, "{what} {arguments:?}: {shown}");
        }
        // Skipped apps are not counted as checked.
        for (path, apps) in [("apps/miro.yaml", 0), ("apps/alone.yaml", 1), ("apps", 1), ("patterns", 0), (".", 1)] {
            assert_eq!(report(files.path(), &[path])["summary"]["apps"], apps, "{what} {path}");
        }
        // The app `alone` does not use the pattern, so a check of this app does not report the fault.
        let text = out(&with_git(files.path(), &["check", "-o", "concise", "apps/alone.yaml"]));
        assert!(!text.contains("schema/"), "{what}: {text}");
        let shown = leaver(files.path(), &["show", "miro"]);
        let reason = err(&shown);
        assert!(code(&shown) == 2 && reason.contains("`miro` has errors: "), "{what}: {reason}");
    }
}
