//! Tests the bundled frameworks, the framework of a company, and findings grouped by control.

use std::collections::BTreeSet;

use leaver::{
    config::Overrides,
    facts::frameworks,
    files::Workspace,
    ruleset::{Ruleset, load},
};
use serde_json::Value;

use crate::common::{CLEAN, FAULTY, code, err, folder, leaver, out, root};

fn bundled_rules() -> Ruleset {
    let empty = folder(&[]);
    let path = camino::Utf8Path::from_path(empty.path()).expect("UTF-8").to_owned();
    let (_, ruleset) = load(&Workspace::default(), &path, None, &Overrides::default()).expect("a valid configuration");
    ruleset
}

#[test]
fn every_framework_has_rules_and_every_pattern_matches_a_rule() {
    let ruleset = bundled_rules();
    for framework in frameworks() {
        assert!(framework.source.starts_with("https://"), "{}", framework.id);
        let served = framework.controls_with_rules(&ruleset.metas());
        assert!(!served.is_empty(), "{}", framework.id);
        let ids: BTreeSet<&str> = framework.controls.iter().map(|control| control.id.as_str()).collect();
        assert_eq!(ids.len(), framework.controls.len(), "{}: a control is listed twice", framework.id);
        for control in &framework.controls {
            for pattern in &control.rules {
                let mut only = control.clone();
                only.rules = vec![pattern.clone()];
                assert!(ruleset.ids().any(|id| only.is_supported_by(id)), "{}: {pattern}", framework.id);
            }
        }
    }
}

#[test]
fn frameworks_that_rules_name_have_a_file_and_soc2_lists_points_of_focus() {
    let known: BTreeSet<String> = frameworks().into_iter().map(|framework| framework.id).collect();
    for asked in [
        "csa-ccm-4.0",
        "hipaa",
        "dora",
        "nis2",
        "sox-itgc",
        "nist-800-171r3",
        "cmmc-2.0",
        "essential-eight",
        "bsi-grundschutz",
        "bsi-c5-2020",
        "scf-2025.2",
        "cyber-essentials-3.1",
        "gdpr",
    ] {
        assert!(known.contains(asked), "{asked}");
    }
    for meta in bundled_rules().metas() {
        for (framework, ids) in &meta.controls {
            assert!(known.contains(framework), "{}: {framework}", meta.id);
            for id in ids.iter().filter(|_| framework == "soc2") {
                assert_eq!(id.split('/').next().unwrap_or_default().matches('.').count(), 1, "{}: {id}", meta.id);
            }
        }
    }
}

#[test]
fn corrected_control_mappings_stay_corrected() {
    let ruleset = bundled_rules();
    let of = |rule: &str, framework: &str| -> Vec<String> {
        let meta = ruleset.find(rule).unwrap_or_else(|| panic!("{rule}"));
        meta.controls.get(framework).cloned().unwrap_or_default()
    };
    for (rule, framework, has, has_not) in [
        ("vendor/no-contract", "pci-dss", "12.8.2", "8.2.7"),
        ("vendor/no-contract", "nist-800-53", "SA-9", "AC-2b"),
        ("agent/no-end-date", "nist-800-53", "AC-2(3)(a)", "AC-2b"),
        ("agent/no-end-date", "owasp-nhi", "NHI1", "NHI7"),
        ("agent/no-off-switch", "nist-800-53", "AC-2f", "AC-2b"),
        ("directory/no-sync-account", "nist-800-53", "IA-4", "SC-8"),
        ("local/no-owner", "pci-dss", "8.2.1", "8.2.2"),
        ("local/expired", "nist-800-53", "AC-2(3)(a)", "-"),
        ("hybrid/two-creators", "nist-800-53", "CM-8a.1", "AC-2e"),
        ("leaver/old-roles-return", "nist-800-53", "AC-2d", "AC-2e"),
        ("leaver/reactivation-undecided", "nist-800-53", "AC-2f", "AC-2e"),
        ("leaver/no-sla", "nist-800-53", "AC-2h.2", "AC-2h"),
        ("leaver/sla-too-long", "nist-800-53", "AC-2(13)", "AC-2h"),
        ("credential/unreviewed", "nist-800-53", "AC-2j", "-"),
        ("scim/weak-auth", "nist-800-53", "IA-9", "-"),
        ("signoff/stale", "nist-800-53", "CM-3b", "-"),
        ("waiver/unused", "nist-800-53", "CA-5", "-"),
        ("trust/changed", "nist-800-53", "CM-5", "AC-5"),
        ("jit/stale-until-sign-in", "cis-v8", "6.2", "-"),
        ("leaver/long-session", "pci-dss", "8.2.8", "-"),
    ] {
        let ids = of(rule, framework);
        assert!(ids.iter().any(|id| id == has) && ids.iter().all(|id| id != has_not), "{rule} {framework}: {ids:?}");
    }
    assert_eq!(of("leaver/seats-not-reclaimed", "cis-v8"), Vec::<String>::new());
}

#[test]
fn rules_are_listed_by_control() {
    let empty = folder(&[]);
    let text = out(&leaver(empty.path(), &["rules", "--framework", "dora"]));
    assert!(text.contains("RTS art. 21(e)(iv)") && text.contains("review/too-rare"), "{text}");
    assert!(!text.contains("vendor/scim-plan"), "only rules that serve it: {text}");
    let text = out(&leaver(empty.path(), &["rules", "--framework", "csa-ccm-4.0"]));
    assert!(text.contains("IAM-09 (id not verified)") && text.contains("\nIAM-07:"), "{text}");
    let text = out(&leaver(empty.path(), &["rules", "--framework", "pci-dss", "--format", "csv"]));
    assert!(text.contains(",pci-dss,8.2.5\r\n") && !text.contains("nist-800-53"), "{text}");
    let json: Value =
        serde_json::from_str(&out(&leaver(empty.path(), &["rules", "--framework", "hipaa", "--format", "json"])))
            .expect("JSON");
    assert_eq!(json["id"], "hipaa");
    let unsure = |control: &&Value| control["verified"] == false;
    assert!(json["controls"].as_array().expect("a list").iter().filter(unsure).count() >= 4, "{json}");
    let output = leaver(empty.path(), &["rules", "--framework", "dorra"]);
    assert!(code(&output) == 2 && err(&output).contains("`dora`"), "{}", err(&output));
}

#[test]
fn findings_are_grouped_by_control() {
    let files = folder(&[("a.yaml", FAULTY)]);
    let run = |arguments: &[&str]| {
        let all: Vec<&str> = ["check", "--framework", "dora"].into_iter().chain(arguments.iter().copied()).collect();
        leaver(files.path(), &all)
    };
    let output = run(&["-o", "concise"]);
    let text = out(&output);
    assert_eq!(code(&output), 1, "the exit status does not change: {text}");
    let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part} in {text}"));
    assert!(at("RTS art. 21(e)(iv)") < at("error[jit/no-update-owner]"), "{text}");
    assert!(text.contains("controls without a finding") && text.contains("RTS art. 14"), "{text}");
    assert!(out(&run(&[])).contains("Delegated Regulation (EU) 2024/1774"));
    assert!(out(&run(&["-o", "markdown"])).contains("### RTS art"), "{}", out(&run(&["-o", "markdown"])));
    let json: Value = serde_json::from_str(&out(&run(&["-o", "json"]))).expect("JSON");
    let finding =
        json["findings"].as_array().expect("a list").iter().find(|finding| finding["rule"] == "jit/no-update-owner");
    assert_eq!(finding.expect("a finding")["controls"], serde_json::json!({"dora": ["RTS art. 21(e)(iv)"]}));
    assert!(out(&run(&["-o", "csv"])).contains("dora:RTS art. 21(e)(iv)"));
    let clean = folder(&[("a.yaml", CLEAN)]);
    let output = leaver(clean.path(), &["check", "--framework", "nis2", "-o", "concise"]);
    assert!(code(&output) == 0 && out(&output).contains("nothing found"), "{}", out(&output));
    assert_eq!(code(&leaver(clean.path(), &["check", "--framework", "nope"])), 2);
}

#[test]
fn a_company_adds_its_own_catalogue() {
    let ours = "id: acme\ntitle: ACME access policy\nsource: https://wiki.example/access\ncontrols:\n  - id: ACME-1\n    title: somebody owns updates\n    rules: [\"jit/no-*-owner\"]\n";
    let config = "version: 1\nframeworks: [controls]\n";
    let files = folder(&[("leaver.yaml", config), ("controls/acme.yaml", ours), ("a.yaml", FAULTY)]);
    let text = out(&leaver(files.path(), &["check", "--framework", "acme", "-o", "concise"]));
    assert!(text.contains("ACME-1: somebody owns updates (") && text.contains("jit/no-update-owner"), "{text}");
    assert!(
        out(&leaver(files.path(), &["config", "show", "--changed"])).contains("frameworks: controls  # leaver.yaml:2")
    );
    for (text, place, expected_text) in [
        (ours.replace("jit/no-*-owner", "jit/no-owner-*"), "acme.yaml:7:13", "there is no rule `jit/no-owner-*`"),
        (ours.replace("id: acme", "id: dora"), "acme.yaml:1:5", "there is a framework `dora` already"),
        (ours.replace("source:", "sauce:"), "acme.yaml:3:1", "`sauce` is not a key"),
        (
            ours.replace("title: somebody", "verified: maybe\n    title: somebody"),
            "acme.yaml:6:15",
            "`verified` is text",
        ),
        ("- x\n".to_owned(), "failure", ""),
    ] {
        let files = folder(&[("leaver.yaml", config), ("controls/acme.yaml", &text), ("a.yaml", CLEAN)]);
        let output = leaver(files.path(), &["check", "-o", "concise"]);
        assert_eq!(code(&output), 2, "{text}: {}", out(&output));
        assert!(out(&output).contains(place) && out(&output).contains(expected_text), "{text}: {}", out(&output));
    }
    for (config, expected_text) in [
        ("version: 1\nframeworks: [nowhere]\n", "nowhere"),
        ("version: 1\nframeworks: [empty]\n", "no control framework"),
        ("version: 1\nframeworks: [../up]\n", "leads out of the catalogue"),
    ] {
        let files = folder(&[("leaver.yaml", config), ("empty/readme.md", "x"), ("a.yaml", CLEAN)]);
        let output = leaver(files.path(), &["check", "-o", "concise"]);
        assert!(code(&output) == 2 && out(&output).contains(expected_text), "{config}: {}", out(&output));
    }
}

#[test]
fn the_bundled_files_fit_their_schema() {
    for entry in std::fs::read_dir(root().join("data/frameworks")).expect("a folder") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("text");
        let file = leaver::source::SourceFile::new("f.yaml", text.as_str());
        let parsed = leaver::source::parse(&file, &leaver::source::YamlLimits::default());
        assert!(parsed.problems.is_empty(), "{}", path.display());
        let breaches = leaver::schema::FRAMEWORK.check(&text, &parsed.documents[0].root);
        assert!(breaches.is_empty(), "{}: {}", path.display(), breaches[0].message);
    }
}
