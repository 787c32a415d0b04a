//! Tests how profiles inherit with `extends`, and compares their numbers with their sources.

use crate::common::{CLEAN, code, folder, leaver, out};

#[test]
fn cycles_and_unknown_names_in_extends_are_errors_with_a_place() {
    let ours = "name: ours\ntitle: Ours\nextends: ";
    for (profile, more, place, expected_text) in [
        ("strct\n", "", "ours.yaml:3:10", "there is no profile `strct`"),
        ("ours.yaml\n", "", "ours.yaml:3:10", "extends itself: ours.yaml → ours.yaml"),
        ("./ours.yaml\n", "", "ours.yaml:3:10", "extends itself"),
        (
            "more.yaml\n",
            "name: more\nextends: ours.yaml\n",
            "more.yaml:2:10",
            "extends itself: ours.yaml → more.yaml → ours.yaml",
        ),
        ("more.yaml\n", "name: more\nextends: nowhere.yaml\n", "more.yaml:2:10", "nowhere.yaml"),
        ("more.yaml\n", "name: more\nextends: nist\n", "more.yaml:2:10", "there is no profile `nist`"),
        ("../outside.yaml\n", "", "ours.yaml:3:10", "leads out of the catalogue"),
    ] {
        let text = format!("{ours}{profile}");
        let more = if more.is_empty() { "name: more\n" } else { more };
        let files = folder(&[
            ("leaver.yaml", "version: 1\nprofile: ours.yaml\n"),
            ("ours.yaml", &text),
            ("more.yaml", more),
            ("a.yaml", CLEAN),
        ]);
        let output = leaver(files.path(), &["check", "-o", "concise"]);
        assert_eq!(code(&output), 2, "{profile}: {}", out(&output));
        assert!(out(&output).contains(place) && out(&output).contains(expected_text), "{profile}: {}", out(&output));
    }
    let unknown = folder(&[("leaver.yaml", "version: 1\nprofile: strct\n"), ("a.yaml", CLEAN)]);
    let output = leaver(unknown.path(), &["check", "-o", "concise"]);
    assert!(out(&output).contains("leaver.yaml:2:10"), "{}", out(&output));
}

#[test]
fn a_profile_extends_a_profile_that_extends_another() {
    let files = folder(&[
        ("leaver.yaml", "version: 1\nprofile: ours.yaml\n"),
        (
            "ours.yaml",
            "name: ours\nextends: fedramp-high\nrules: {leaver/sla-too-long: {params: {maxHours: {\"4\": 2}}}}\n",
        ),
        ("a.yaml", CLEAN),
    ]);
    let text = out(&leaver(files.path(), &["config", "show"]));
    assert!(text.contains(r#"leaver/sla-too-long.params.maxHours: {"1":1,"2":1,"3":1,"4":2}"#), "{text}");
    assert!(text.contains("mover/sla-too-long.severity: error"), "{text}");
}

#[test]
fn profiles_have_the_numbers_of_their_sources() {
    let empty = folder(&[]);
    for (profile, rule, want, source) in [
        ("fedramp-moderate", "leaver/sla-too-long", r#""1":4,"2":4,"3":4,"4":4"#, "PS-4a (ps-04_odp.01)"),
        ("fedramp-moderate", "local/no-near-end", "maxDays = 4 days", "96 hours"),
        ("fedramp-moderate", "mover/sla-too-long", r#""3":24"#, "PS-5b and PS-5d"),
        ("fedramp-moderate", "leaver/notice-too-late", "maxHours = 8 hours", "AC-2h"),
        ("fedramp-moderate", "leaver/urgent-too-slow", "maxHours = 1 hour ", "AC-2(13)"),
        ("fedramp-moderate", "review/too-rare", r#""internal":365"#, "AC-2j"),
        ("fedramp-high", "leaver/sla-too-long", r#""1":1,"2":1,"3":1,"4":1"#, "PS-4a (ps-04_odp.01)"),
        ("fedramp-high", "jit/no-inactivity-limit", "maxDays = 35 days", "AC-2(3)(d)"),
        ("fedramp-high", "admin/review-too-rare", "maxDays = 31 days", "monthly"),
        ("strict", "leaver/sla-too-long", r#""1":1,"2":4,"3":4,"4":4"#, "PS-4a"),
        ("default", "leaver/sla-too-long", r#""1":1,"2":24,"3":72,"4":168"#, "PS-4a (4 hours)"),
        ("dora", "review/too-rare", r#"maxDaysByTier = {"1":183,"2":183}"#, "every six months"),
        ("dora", "review/too-rare", r#""internal":365"#, "art. 21(e)(iv)"),
        ("essential-eight", "jit/no-inactivity-limit", "maxDays = 45 days", "45 days"),
        ("essential-eight", "admin/review-too-rare", "maxDays = 365 days", "12 months"),
        ("nis2", "leaver/no-sla", "error", "11.5.4"),
        ("hipaa", "leaver/credentials-survive", "error", "164.308(a)(3)(ii)(C)"),
        ("sox", "review/too-rare", r#""internal":92"#, "by convention"),
    ] {
        let text = out(&leaver(empty.path(), &["explain", rule, "--profile", profile]));
        assert!(text.contains(want) && text.contains(source), "{profile} {rule}: {text}");
    }
}
