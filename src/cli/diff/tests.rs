//! Renders a fixed comparison and a hostile one in each format of `leaver diff`, for several terminals.

use std::{collections::BTreeMap, fs};

use camino::Utf8Path;
use serde_json::json;

use crate::{
    Request, check_with_catalogue,
    config::Overrides,
    diff::{Side, compute},
    files::Workspace,
    output::{
        Style,
        diff::{Format, render},
    },
    ruleset::load,
};

const BASE: &str = "\
apiVersion: leaver/v1
kind: App
metadata: {name: slack, owner: it-apps}
spec:
  sourceOfTruth: workday
  provisioning: {mode: scim}
  lifecycle:
    create: {via: scim, owner: identity}
    update: {via: scim, owner: identity, slaHours: 24}
    deprovision: {via: scim, owner: identity, slaHours: 24, effect: suspend}
    review: {owner: security, everyDays: 90, covers: [users, admins]}
---
apiVersion: leaver/v1
kind: App
metadata: {name: box, owner: it-apps}
spec: {provisioning: {mode: none}, tier: 3}
---
apiVersion: leaver/v1
kind: Team
metadata: {name: it-apps}
spec: {members: [ada, grace]}
";

/// `BASE` after the change.
const HEAD: &str = "\
apiVersion: leaver/v1
kind: App
metadata: {name: slack, owner: it-apps, title: Slack}
spec:
  sourceOfTruth: workday
  provisioning: {mode: jit}
  lifecycle:
    create: {via: jit, owner: identity}
    update: {via: scim, slaHours: 72}
    review: {owner: security, everyDays: 180, covers: [users]}
  nonHuman:
    - {name: export-bot, kind: api-key, owner: it-apps, expires: 2027-01-31}
---
apiVersion: leaver/v1
kind: Team
metadata: {name: it-apps}
spec: {members: [grace, edsger]}
---
apiVersion: leaver/v1
kind: Waiver
metadata: {name: slack-sla}
spec: {rule: leaver/no-sla, apps: [slack], reason: soon, approver: ciso, expires: 2026-12-31}
";

/// A declaration with an attack in every free text.
const HOSTILE: &str = r#"
apiVersion: leaver/v1
kind: App
metadata: {name: slack, owner: "a`<img src=x onerror=alert(1)> @all [x](https://evil.example) ::error::\u001b[31m|"}
spec:
  provisioning: {mode: scim}
  lifecycle:
    create: {owner: "</details><script>", queue: "one\ntwo\n- three"}
  nonHuman:
    - {name: "**b** `c` \n# d ##[group]", owner: "\u202e"}
"#;

fn rendered(base: &str, head: &str, format: Format, style: &Style) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let root = Utf8Path::from_path(folder.path()).expect("UTF-8");
    let mut read = Vec::new();
    for (name, text) in [("base", base), ("head", head)] {
        let root = root.join(name);
        fs::create_dir(&root).expect("a folder");
        fs::write(root.join("apps.yaml"), text).expect("a file");
        let (config, ruleset) =
            load(&Workspace::default(), &root, None, &Overrides::default()).expect("no configuration");
        let request = Request { paths: vec![root.clone()], today: "2026-11-25".into(), ..Request::default() };
        read.push(check_with_catalogue(&config, &ruleset, &request, None, &|_, _| {}));
    }
    let side = |at: usize, label: &str, commit: Option<&str>, profile: &str| {
        let (report, catalogue) = &read[at];
        let shown = catalogue.own().iter().map(|declaration| declaration.file.path());
        let shown = shown.chain(report.findings.iter().map(|finding| finding.place.file.path()));
        Side {
            label: label.into(),
            commit: commit.map(str::to_owned),
            declarations: catalogue.own(),
            report,
            config: json!({"profile": profile, "exclude": "x"}),
            files: shown.map(|shown| (shown.to_owned(), "apps.yaml".to_owned())).collect::<BTreeMap<_, _>>(),
            failures: Vec::new(),
        }
    };
    let base = side(0, "origin/main", Some("0123456789012345678901234567890123456789"), "strict");
    let head = side(1, "working tree", None, "default");
    let diff = compute(&base, &head).expect("the table is there");
    let mut bytes = Vec::new();
    render(format, &diff, "2026-11-25", style, &mut bytes).expect("a vector takes everything");
    String::from_utf8(bytes).expect("text")
}

fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../tests/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let text = text.replace(&format!("\"{}\"", env!("CARGO_PKG_VERSION")), "\"[version]\"").replace('\u{1b}', "␛");
    settings.bind(|| insta::assert_snapshot!(format!("diff.{name}"), text));
}

#[test]
fn every_format_renders_the_change() {
    let plain = Style::default();
    snapshot("text", &rendered(BASE, HEAD, Format::Text, &plain));
    snapshot("text-color", &rendered(BASE, HEAD, Format::Text, &Style { color: true, ..plain.clone() }));
    snapshot("text-ascii", &rendered(BASE, HEAD, Format::Text, &Style { unicode: false, ..plain.clone() }));
    snapshot("text-40", &rendered(BASE, HEAD, Format::Text, &Style { width: 40, ..plain.clone() }));
    snapshot("markdown", &rendered(BASE, HEAD, Format::Markdown, &plain));
    snapshot("json", &rendered(BASE, HEAD, Format::Json, &plain));
}

#[test]
fn text_keeps_to_the_width() {
    let long = HEAD.replace("name: slack", "name: slack-of-the-sales-people-north");
    for (width, head) in [60, 80, 100, 140].into_iter().flat_map(|width| [(width, HEAD), (width, &long)]) {
        let text = rendered(BASE, head, Format::Text, &Style { width, ..Style::default() });
        for line in text.lines() {
            assert!(unicode_width::UnicodeWidthStr::width(line) <= width, "{width}: {line}");
        }
    }
}

#[test]
fn unchanged_catalogues_take_one_line() {
    for format in Format::ALL {
        let text = rendered(BASE, BASE, format, &Style::default());
        assert!(!text.contains("slack"), "{text}");
        assert!(format == Format::Json || text.contains("strict → default"), "only the profile differs: {text}");
    }
}

#[test]
fn hostile_text_is_harmless_in_every_format() {
    let base = HOSTILE.split("  lifecycle").next().expect("a start");
    let text = rendered(base, HOSTILE, Format::Text, &Style::default());
    let page = rendered(base, HOSTILE, Format::Markdown, &Style::default());
    let other = rendered(&HOSTILE.replace("slack", "zoom"), HOSTILE, Format::Markdown, &Style::default());
    let json = rendered(base, HOSTILE, Format::Json, &Style::default());
    for (name, rendered) in [("text", &text), ("markdown", &page), ("markdown-renamed", &other), ("json", &json)] {
        assert!(!rendered.contains(['\u{1b}', '\u{202e}']), "{rendered}");
        assert!(
            !rendered.contains("##[") && !rendered.lines().any(|line| line.trim_start().starts_with("::")),
            "{rendered}"
        );
        snapshot(&format!("hostile.{name}"), rendered);
    }
    for page in [page, other] {
        // Code spans may contain anything. Outside of code spans, the only HTML is for foldable sections.
        let outside: String = page.split('`').step_by(2).collect();
        let tags = outside.matches('<').count();
        assert_eq!(tags, outside.matches("<details><summary>").count() * 2 + 2, "{outside}");
        assert!(!outside.contains("@all") && !outside.contains("](") && !outside.contains("**b**"), "{outside}");
        assert_eq!(page.matches("</details>").count(), 1, "{page}");
    }
}
