//! Fixed reports for the tests of formats, built by hand, so that snapshots do not depend on rules and the parser.

use std::{collections::BTreeMap, sync::Arc};

use leaver::{
    finding::{Finding, Owner, Related, Status, Step, Subject, WaivedBy},
    report::{Code, Failure, Report, Run},
    rule::{Origin, Precision, RuleId, RuleMeta, Scope, Severity},
    source::{Address, Place, SourceFile, Span},
};

pub(crate) const MONDAY: &str = "\
# Work management for sales.
apiVersion: leaver/v1
kind: App
metadata:
  name: monday
  owner: it-apps
spec:
  status: live
  provisioning:
    mode: jit
    jit: {groups: [monday-users], defaultRole: admin, reactivates: true}
  lifecycle:
    create: {via: jit, system: okta, owner: it-apps}
    update: {via: scim}
    review: {owner: security, everyDays: 400}
";

pub(crate) const PAYROLL: &str = "\
apiVersion: leaver/v1
kind: App
metadata:
  name: payroll
spec:
  provisioning:
    mode: jit
  lifecycle:
    create: {via: jit, owner: hr-systems}
---
apiVersion: leaver/v1
kind: App
metadata:
  name: monday
spec: {status: planned}
";

pub(crate) fn file(path: &str, text: &str) -> Arc<SourceFile> {
    Arc::new(SourceFile::new(path, text))
}

/// The place of the `nth` (from 0) occurrence of `needle`.
pub(crate) fn at(file: &Arc<SourceFile>, needle: &str, nth: usize) -> Place {
    let (start, text) = file.text().match_indices(needle).nth(nth).expect("the text contains the needle");
    Place { file: Arc::clone(file), span: Span::new(start, start + text.len()) }
}

pub(crate) fn rule(id: &str, severity: Severity, title: &str, why: &str, fix: &str) -> RuleMeta {
    RuleMeta {
        id: id.parse().expect("a rule id"),
        title: title.into(),
        why: why.into(),
        fix: fix.into(),
        severity,
        precision: Precision::High,
        maturity: leaver::rule::Maturity::Stable,
        since: "0.1.0".into(),
        scope: Scope::Kinds(vec!["App".into()]),
        when: BTreeMap::new(),
        reads: Vec::new(),
        controls: BTreeMap::new(),
        params: BTreeMap::new(),
        links: Vec::new(),
        native: false,
        secret: false,
        origin: Origin::Bundled,
        page: String::new(),
    }
}

fn controls(pairs: &[(&str, &[&str])]) -> BTreeMap<String, Vec<String>> {
    pairs.iter().map(|(key, ids)| ((*key).to_owned(), ids.iter().map(|id| (*id).to_owned()).collect())).collect()
}

pub(crate) fn rules() -> BTreeMap<RuleId, Arc<RuleMeta>> {
    let update = RuleMeta {
        controls: controls(&[
            ("cis-v8", &["6.1"]),
            ("iso-27001", &["A.5.16", "A.5.18"]),
            ("nist-800-53", &["AC-2f", "AC-2h", "PS-5"]),
            ("nist-csf", &["PR.AA-01"]),
            ("soc2", &["CC6.3.1"]),
        ]),
        page:
            "Looks at apps whose accounts are created at sign-in.\n\n## Bad\n\n```yaml\nspec:\n  lifecycle: {}\n```\n"
                .into(),
        ..rule(
            "jit/no-update-owner",
            Severity::Error,
            "JIT app without an update owner",
            "JIT acts only at sign-in. If the name, department or role of a person changes, the app keeps the old values until \
             somebody changes them, and the declaration names nobody.",
            "Name the team in `spec.lifecycle.update.owner`, and its mechanism in `via` (`scim`, `connector`, `script`, `ticket`).",
        )
    };
    let role = rule(
        "jit/privileged-default-role",
        Severity::Error,
        "Privileged role for everybody at first sign-in",
        "Everybody who can sign in becomes an administrator.",
        "Set `defaultRole` to the role with the fewest rights, and grant the privileged role by `entitle`.",
    );
    let review = RuleMeta {
        controls: controls(&[("nist-800-53", &["AC-2j"]), ("pci-dss", &["7.2.4"])]),
        precision: Precision::Medium,
        ..rule(
            "jit/slow-review",
            Severity::Warning,
            "Review too rare",
            "Accounts that nobody reviews stay open.",
            "Review at least every 180 days.",
        )
    };
    let reactivates = RuleMeta {
        origin: Origin::Local("policies".into()),
        ..rule(
            "jit/reactivates-leavers",
            Severity::Info,
            "Sign-in brings back a suspended account",
            "A suspended account comes back with its old roles.",
            "Set `reactivates` to false.",
        )
    };
    let duplicate = RuleMeta {
        scope: Scope::Catalogue,
        ..rule(
            "catalogue/duplicate-name",
            Severity::Error,
            "Two declarations with one name",
            "Only one of the two declarations is in force, and nothing determines which.",
            "Rename one of the declarations.",
        )
    };
    let syntax = RuleMeta {
        scope: Scope::Document,
        native: true,
        ..rule("schema/syntax", Severity::Error, "Not valid YAML", "The document cannot be read.", "Fix the YAML.")
    };
    [update, role, review, reactivates, duplicate, syntax]
        .into_iter()
        .map(|meta| (meta.id.clone(), Arc::new(meta)))
        .collect()
}

pub(crate) fn run() -> Run {
    Run {
        today: "2026-11-25".into(),
        profile: "default".into(),
        files: 12,
        declarations: 35,
        apps: 31,
        unevaluated: 0,
        discovered: 0,
        skipped_documents: 0,
        nothing_found: false,
        out_of_focus: 0,
        known: 0,
        docs_url: "https://docs.example.com/rules".into(),
    }
}

pub(crate) fn steps(path: &str) -> Vec<Step> {
    let step = |part: &str| part.parse().map_or_else(|_| Step::Key(part.into()), Step::Index);
    path.split('.').filter(|part| !part.is_empty()).map(step).collect()
}

pub(crate) fn finding(id: &str, severity: Severity, app: &str, path: &str, place: Place, message: &str) -> Finding {
    let path = steps(path);
    // The place of a missing key is the place of its nearest parent.
    let key = path.last().map(ToString::to_string).unwrap_or_default();
    let above = path.iter().rev().skip(1).any(|step| step.to_string() == place.span.slice(place.file.text()));
    Finding {
        subject: Some(Subject { kind: "App".into(), name: app.into() }),
        address: Address::of_path(&path),
        exists: !above || place.span.slice(place.file.text()) == key,
        path,
        ..Finding::new(id.parse().expect("a rule id"), severity, message.into(), place)
    }
}

fn no_update_owner(monday: &Arc<SourceFile>) -> Finding {
    finding(
        "jit/no-update-owner",
        Severity::Error,
        "monday",
        "spec.lifecycle.update.owner",
        at(monday, "update", 0),
        "monday: accounts are created at sign-in, but `update` has no owner",
    )
}

pub(crate) fn report(findings: Vec<Finding>, failures: Vec<Failure>, run: Run) -> Report {
    let report = Report::new(findings, failures, rules(), run);
    Report { framework_title: leaver::facts::framework_title, ..report }
}

/// The report on a run without declarations.
pub(crate) fn empty() -> Report {
    report(
        vec![],
        vec![],
        Run { declarations: 0, nothing_found: true, apps: 0, files: 3, skipped_documents: 5, ..run() },
    )
}

pub(crate) fn clean() -> Report {
    report(vec![], vec![], Run { skipped_documents: 4, ..run() })
}

pub(crate) fn one_finding() -> Report {
    report(vec![no_update_owner(&file("apps/monday.yaml", MONDAY))], vec![], run())
}

/// A report with all severities in two files, with related places and a fix.
pub(crate) fn many() -> Report {
    report(many_findings(), vec![], Run { out_of_focus: 3, skipped_documents: 1, discovered: 2, ..run() })
}

fn many_findings() -> Vec<Finding> {
    let monday = file("apps/monday.yaml", MONDAY);
    let payroll = file("apps/hr/payroll.yaml", PAYROLL);
    let mut duplicate = finding(
        "catalogue/duplicate-name",
        Severity::Error,
        "monday",
        "metadata.name",
        at(&monday, "monday", 0),
        "monday: another App has this name",
    );
    duplicate.related = vec![Related {
        message: "the other App".into(),
        subject: Some(Subject { kind: "App".into(), name: "monday".into() }),
        place: at(&payroll, "monday", 0),
    }];
    let mut role = finding(
        "jit/privileged-default-role",
        Severity::Error,
        "monday",
        "spec.provisioning.jit.defaultRole",
        at(&monday, "admin", 0),
        "monday: everybody who signs in for the first time gets `admin`",
    );
    role.help = Some("Set it to `viewer`, and grant `admin` by `entitle` to people who need it.".into());
    role.fix =
        vec![serde_json::json!({"op": "replace", "path": "/spec/provisioning/jit/defaultRole", "value": "viewer"})];
    let owned = |finding, contact| Finding { owner: Some(Owner::new("it-apps", contact)), ..finding };
    vec![
        owned(no_update_owner(&monday), Some("it-apps@example.com")),
        finding(
            "jit/no-update-owner",
            Severity::Error,
            "payroll",
            "spec.lifecycle.update.owner",
            at(&payroll, "lifecycle", 0),
            "payroll: accounts are created at sign-in, but `update` has no owner",
        ),
        finding(
            "jit/slow-review",
            Severity::Warning,
            "monday",
            "spec.lifecycle.review.everyDays",
            at(&monday, "400", 0),
            "monday: a review every 400 days is too rare for tier 2, where the limit is 180 days",
        ),
        finding(
            "jit/reactivates-leavers",
            Severity::Info,
            "monday",
            "spec.provisioning.jit.reactivates",
            at(&monday, "true", 0),
            "monday: a sign-in brings back a suspended account",
        ),
        owned(role, Some("it-apps@example.com")),
        owned(duplicate, None),
    ]
}

/// A report with warnings only. It passes with the default `failOn`.
pub(crate) fn warning() -> Report {
    let findings = many_findings().into_iter().filter(|finding| finding.severity == Severity::Warning).collect();
    report(findings, vec![], run())
}

pub(crate) fn waived() -> Report {
    let mut findings = many_findings();
    for finding in &mut findings {
        if finding.rule.as_str() == "jit/no-update-owner" {
            finding.status = Status::Waived(WaivedBy {
                name: "jit-2026".into(),
                reason: "the vendor has no SCIM before March, and a monthly script closes the gap until then".into(),
                approver: "ciso".into(),
                expires: "2027-03-31".into(),
            });
        }
    }
    report(findings, vec![], run())
}

pub(crate) fn failures() -> Report {
    let policy =
        file("policies/local/broken.rego", "package policies.local.broken\n\nfindings contains x if { 1/0 }\n");
    let failures = vec![
        Failure::new(Code::Policy, "local/broken: division by zero")
            .help("Fix the rule, or remove its folder from `policies` in `leaver.yaml`.")
            .at(at(&policy, "1/0", 0))
            .of("local/broken".parse().expect("a rule id")),
        Failure::new(Code::Read, "`apps/x.yaml`: permission denied"),
    ];
    let mut findings = many_findings();
    findings.truncate(1);
    report(findings, failures, run())
}

/// A report with wide characters, Windows line endings, tabs, and a character outside the basic plane.
pub(crate) fn unicode() -> Report {
    let text = "apiVersion: leaver/v1\r\nkind: App\r\nmetadata:\r\n  title: \"日本語 𝄞 é\"\r\n\tname:\tcafé # ü\r\nspec: {}\r\n";
    let file = file("apps/café 日本.yaml", text);
    let findings = vec![
        finding(
            "jit/slow-review",
            Severity::Warning,
            "café",
            "metadata.title",
            at(&file, "𝄞 é", 0),
            "café: 日本語 𝄞 in the title",
        ),
        finding(
            "jit/slow-review",
            Severity::Warning,
            "café",
            "metadata.name",
            at(&file, "café", 0),
            "café: a tab before the name",
        ),
    ];
    report(findings, vec![], run())
}

/// A report with a place near column 70,000.
pub(crate) fn long_line() -> Report {
    let text = format!(
        "a: 1\nspec: {{list: [{}], update: {{via: scim}}, more: [{}]}}\n",
        "x, ".repeat(23_322),
        "y, ".repeat(200)
    );
    let file = file("apps/long.yaml", &text);
    let place = at(&file, "update", 0);
    report(
        vec![finding(
            "jit/no-update-owner",
            Severity::Error,
            "long",
            "update.owner",
            place,
            "long: nobody owns the update",
        )],
        vec![],
        run(),
    )
}

/// A report with two places over several lines, and an empty place at the end of the file.
pub(crate) fn block() -> Report {
    let text = "spec:\n  reason: |\n    one\n    two\n    three\n  list:\n  - a\n  - b\nend: ";
    let file = file("apps/block.yaml", text);
    let whole = at(&file, "|\n    one\n    two\n    three\n", 0);
    let end = Place { file: Arc::clone(&file), span: Span::new(text.len(), text.len()) };
    let list = at(&file, "- a\n  - b", 0);
    let make = |path: &str, place: Place| {
        finding("jit/slow-review", Severity::Warning, "block", path, place, "block: several lines")
    };
    report(vec![make("spec.reason", whole), make("end", end), make("spec.list", list)], vec![], run())
}

pub(crate) const HOSTILE: [&str; 12] = [
    "::error file=x::owned",
    "a\n::set-output name=x::y\r\n##[error]z",
    "\u{1b}[2J\u{1b}]8;;http://evil\u{7}\u{9b}31m",
    "\u{202e}dlrow\u{2066}\u{200b}\u{e0041}",
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>&amp;]]>",
    "[click](http://evil) ![i](http://evil/i.png) @team #1 `` ` ||",
    "%0A::error::%25,:;]",
    "##vso[task.setvariable variable=x]y",
    "\u{0}\u{b}\u{c}\u{fffe}\u{ffff}\u{85}\u{2028}",
    "C:\\x\\[y] \\",
    "${{ secrets.X }} {0} {1}",
];

/// A report with hostile text wherever a declaration, file name or waiver can contain it.
pub(crate) fn hostile() -> Report {
    let mut findings = Vec::new();
    for (nth, text) in HOSTILE.iter().enumerate() {
        let file = file(&format!("apps/{text}.yaml"), &format!("::error::x\nkey: {text}\nother: ##[x]\n"));
        let mut found = finding("jit/slow-review", Severity::Warning, text, "", at(&file, "key", 0), text);
        found.path = vec![Step::Key((*text).into()), Step::Key("owner".into())];
        found.address = Address::of_path(&found.path);
        found.help = Some((*text).into());
        found.owner = Some(Owner::new(text, Some(text)));
        found.related =
            vec![Related { message: (*text).into(), subject: found.subject.clone(), place: at(&file, "other", 0) }];
        if nth % 4 == 1 {
            found.status = Status::Waived(WaivedBy {
                name: (*text).into(),
                reason: (*text).into(),
                approver: (*text).into(),
                expires: "2027-01-01".into(),
            });
        }
        findings.push(found);
    }
    let failures = HOSTILE
        .iter()
        .take(3)
        .map(|text| {
            let file = file(&format!("{text}/x.rego"), text);
            let place = Place { span: Span::new(0, 1), file };
            Failure::new(Code::Policy, *text).help(*text).at(place)
        })
        .collect();
    report(findings, failures, run())
}
