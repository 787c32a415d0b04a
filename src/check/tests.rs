//! Neither the memo nor path arguments change a result: every check reports the same findings in a file as a full check without a memo.

use std::{collections::BTreeMap, fs, sync::Arc};

use camino::{Utf8Path, Utf8PathBuf};
use proptest::prelude::*;

use super::{BaseFiles, Request, check_with_catalogue};
use crate::{
    config::{Config, Overrides},
    engine::Memo,
    files::Workspace,
    finding::Finding,
    output::{Format, Style, render},
    report::Report,
    ruleset::{Ruleset, load},
    source::Texts,
};

/// A secret that only a rule recognises.
const SECRET: &str = "4f9c2a7be1d05c83aa6e7710b9d2c3f5";
const FILES: usize = 5;
const APP: &str = "apiVersion: leaver/v1\nkind: App\n";

/// Declarations in several variants. Some refer to each other, share a name, are invalid, have waived findings, or contain secrets.
fn pool() -> Vec<Vec<String>> {
    let jit = |name: &str, update: &str| {
        format!(
            "{APP}metadata: {{name: {name}, owner: t}}\nspec:\n  tier: 1\n  signOn: {{assignmentRequired: true}}\n  provisioning: {{mode: jit, jit: {{expiresAfterDays: 30}}}}\n  lifecycle:\n    deprovision: {{via: ticket, queue: IT, owner: t, slaHours: 24, effect: delete, evidence: ticket}}\n    {update}revokeSessions: {{via: script}}\n    review: {{owner: ann, everyDays: 90}}\n  sourceOfTruth: workday\n"
        )
    };
    let connector = |name: &str, system: &str| {
        format!(
            "{APP}metadata: {{name: {name}, owner: t, vendor: Box}}\nspec:\n  tier: 2\n  provisioning: {{mode: connector, connector: {{system: {system}}}}}\n  lifecycle: {{deprovision: {{via: connector, system: {system}}}, review: {{owner: t, everyDays: 90}}}}\n"
        )
    };
    let secret = |name: &str, purpose: &str| {
        format!(
            "{APP}metadata: {{name: {name}, owner: u}}\nspec: {{tier: 1, nonHuman: [{{name: s, purpose: {purpose}, kind: scim-token, vault: \"vault://kv/okta/scim\"}}]}}\n"
        )
    };
    let team = |name: &str, members: &str| {
        format!("apiVersion: leaver/v1\nkind: Team\nmetadata: {{name: {name}}}\nspec: {{members: {members}}}\n")
    };
    let system = |name: &str, spec: &str| {
        format!("apiVersion: leaver/v1\nkind: System\nmetadata: {{name: {name}}}\nspec: {{{spec}}}\n")
    };
    let waiver = |name: &str, rule: &str, apps: &str| {
        format!(
            "apiVersion: leaver/v1\nkind: Waiver\nmetadata: {{name: {name}}}\nspec: {{rule: {rule}, apps: [{apps}], reason: it is replaced in the spring, compensatingControl: a monthly list, owner: t, approver: u, from: 2026-11-01, expires: 2027-01-31}}\n"
        )
    };
    let heir = |spec: &str| format!("{APP}metadata: {{name: h, owner: t}}\nspec: {{pattern: p, {spec}}}\n");
    let pattern = |stages: &str| {
        format!(
            "apiVersion: leaver/v1\nkind: Pattern\nmetadata: {{name: p, owner: u}}\nspec:\n  tier: 1\n  provisioning: {{mode: jit, jit: {{expiresAfterDays: 30}}}}\n  lifecycle: {{review: {{owner: ann, everyDays: 90}}{stages}}}\n"
        )
    };
    let vendor = |name: &str, vendor: &str| {
        format!(
            "{APP}metadata: {{name: {name}, owner: t, vendor: {vendor}}}\nspec: {{tier: 3, provisioning: {{mode: none}}}}\n"
        )
    };
    let observed = |name: &str, spec: &str| {
        format!(
            "apiVersion: leaver/v1\nkind: Observation\nmetadata: {{name: {name}}}\nspec: {{system: okta, appId: 0oa1, label: Observed, {spec}}}\n"
        )
    };
    let stage = "update: {via: script, owner: t}\n    ";
    vec![
        vec![
            jit("a", ""),
            jit("a", stage),
            connector("a", "s"),
            format!("{APP}metadata: {{name: a}}\nspec: {{tier: 9}}\n"),
        ],
        vec![jit("a", ""), jit("a", stage)],
        vec![jit("b", ""), jit("b", stage)],
        vec![jit("glpat-abcdefghijklmnopqrst", ""), jit("glpat-abcdefghijklmnopqrst", stage)],
        vec![connector("c", "s"), connector("c", "okta"), jit("c", "")],
        vec![secret("e", "sync")],
        vec![secret("f", SECRET), secret("f", "sync")],
        vec![team("t", "[ann, bob]"), team("t", "[bob, cid]"), team("t", "3")],
        vec![team("u", "[cid, dan, ann]"), team("u", "[cid, dan]")],
        vec![
            system("s", "kind: directory, outOfScope: skip"),
            system("s", "kind: directory, outOfScope: deprovision"),
            system("s", "kind: nonsense"),
        ],
        vec![system("okta", "deletes: false"), system("okta", "deletes: true")],
        vec![
            waiver("w", "jit/no-update-owner", "a, b"),
            waiver("w", "jit/no-update-owner", "b"),
            waiver("w", "jit/no-update-owner", "a, c"),
        ],
        vec![waiver("v", "owner/person-not-team", "a"), waiver("v", "jit/no-update-owner", "c, b")],
        vec![
            waiver("l", "jit/no-update-owner", "x").replace("apps: [x]", "vendor: Box, maxApps: 2"),
            waiver("l", "jit/no-update-owner", "x").replace("apps: [x]", "vendor: Boxx, maxApps: 1"),
        ],
        vec![heir("populations: [employees, {name: contractors, tier: 3}]"), heir("sourceOfTruth: workday")],
        vec![pattern(""), pattern(", update: {via: script, owner: t}"), pattern(", update: {via: nonsense}")],
        vec![vendor("i", "Boxx"), vendor("i", "in-house")],
        vec![vendor("j", "Boxer"), vendor("j", "Slack")],
        vec![vendor("k", "Boxx").replace("tier: 3,", "tier: 3, signOn: {protocol: saml, system: okta, appId: 0oa1},")],
        vec![observed("o", "status: active"), observed("o", "status: inactive, signOn: {protocol: oidc}")],
        vec![observed("q", "status: inactive")],
    ]
}

/// The indexes of the waivers in the pool.
const WAIVERS: std::ops::Range<usize> = 11..14;

/// For each declaration of the pool, its file and its variant. `None` leaves out the declaration.
type Files = Vec<(usize, Option<usize>)>;

fn texts(files: &Files) -> BTreeMap<String, String> {
    let mut texts: BTreeMap<String, String> = (0..FILES).map(|at| (format!("f{at}.yaml"), String::new())).collect();
    for ((file, variant), variants) in files.iter().zip(pool()) {
        let Some(text) = variant.map(|at| &variants[at % variants.len()]) else { continue };
        let file = texts.entry(format!("f{file}.yaml")).or_default();
        file.push_str("---\n");
        file.push_str(text);
    }
    texts
}

/// A folder with a catalogue, and its configuration.
struct Folder {
    _removed: tempfile::TempDir,
    root: Utf8PathBuf,
    config: Config,
    ruleset: Ruleset,
}

impl Folder {
    fn new(files: &Files) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let root = Utf8Path::from_path(folder.path()).expect("UTF-8").canonicalize_utf8().expect("the folder exists");
        fs::write(root.join("leaver.yaml"), "version: 1\n").expect("written");
        for (name, text) in texts(files) {
            fs::write(root.join(name), text).expect("written");
        }
        let (config, ruleset) =
            load(&Workspace::default(), &root, None, &Overrides::default()).expect("a good configuration");
        Self { _removed: folder, root, config, ruleset }
    }

    fn check(&self, memo: Option<&Memo>, base: Option<&Files>, focus: Option<usize>) -> Report {
        let base = base.map(|files| {
            let texts: Texts = texts(files).into_iter().map(|(name, text)| (self.root.join(name), text)).collect();
            BaseFiles { files: self.config.files.with_files(Arc::new(texts)) }
        });
        let request = Request {
            paths: focus.map(|at| self.root.join(format!("f{at}.yaml"))).into_iter().collect(),
            today: "2026-11-25".into(),
            since: base,
            ..Request::default()
        };
        check_with_catalogue(&self.config, &self.ruleset, &request, memo, &|_, _| {}).0
    }

    /// The report in a human-readable and a machine-readable format.
    fn rendered(&self, report: &Report) -> String {
        let mut out = Vec::new();
        for format in [Format::FULL, Format::JSON] {
            render(format, report, &Style::default(), &mut out).expect("a vector takes everything");
        }
        String::from_utf8(out).expect("text").replace(self.root.as_str(), "")
    }
}

fn files() -> impl Strategy<Value = Files> {
    let declaration = (0..FILES, prop_oneof![1 => Just(None), 3 => (0_usize..12).prop_map(Some)]);
    prop::collection::vec(declaration, pool().len())
}

/// Files after and before a change: a few declarations differ or are in other files.
fn change() -> impl Strategy<Value = (Files, Files)> {
    (files(), files(), prop::collection::vec(prop::bool::weighted(0.2), pool().len())).prop_map(
        |(now, other, differs)| {
            let base = now.iter().zip(&other).zip(differs);
            let base = base.map(|((now, other), differs)| if differs { *other } else { *now }).collect();
            (now, base)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn results_do_not_depend_on_the_history_of_the_memo(
        history in prop::collection::vec(change(), 1..4),
        (now, base) in change(),
        focus in 0..FILES,
    ) {
        let memo = Memo::default();
        for (other, base) in &history {
            Folder::new(other).check(Some(&memo), Some(base), None);
        }
        let folder = Folder::new(&now);
        for (since, focus) in [(None, None), (Some(&base), None), (None, Some(focus)), (Some(&base), Some(focus))] {
            let plain = folder.check(None, since, focus);
            let fresh = folder.check(Some(&Memo::default()), since, focus);
            let warm = folder.check(Some(&memo), since, focus);
            let again = folder.check(Some(&memo), since, focus);
            for other in [&fresh, &warm, &again] {
                prop_assert_eq!(&plain.failures, &other.failures);
                prop_assert_eq!(folder.rendered(&plain), folder.rendered(other));
            }
        }
    }

    #[test]
    fn a_path_has_the_same_findings_as_in_a_full_check((now, base) in change()) {
        let folder = Folder::new(&now);
        for since in [None, Some(&base)] {
            let memo = Memo::default();
            let whole = folder.check(Some(&memo), since, None);
            for at in 0..FILES {
                let path = folder.config.files.show(&folder.root.join(format!("f{at}.yaml")));
                // The checks of every second path use the memo.
                let part = folder.check(Some(&memo).filter(|_| at % 2 == 0), since, Some(at));
                let rendered = folder.rendered(&part);
                prop_assert!(!rendered.contains(SECRET) && !rendered.contains("glpat-abc"), "{}", rendered);
                let findings_at = |report: &Report| -> Vec<String> {
                    let here = report.findings.iter().filter(|finding| {
                        finding.places().any(|place| place.file.path() == path)
                    });
                    here.map(|finding| {
                        format!("{} {:?} {} {:?} {:?}", finding.rule, finding.subject, finding.message, finding.place.span, finding.status)
                    }).collect()
                };
                prop_assert_eq!(findings_at(&whole), findings_at(&part), "{}", path);
                // A finding in another file is about an app that inherits from a pattern in this file, or explains why an app in this file is not
                // evaluated.
                let is_related = |finding: &Finding| {
                    finding.rule.group() == "schema" || finding.subject.as_ref().is_some_and(|subject| subject.name == "h")
                };
                let elsewhere = part.findings.len() - findings_at(&part).len();
                prop_assert!(part.findings.iter().filter(|finding| is_related(finding)).count() >= elsewhere);
            }
        }
    }

    #[test]
    fn since_hides_what_a_check_of_that_commit_finds((now, base) in change()) {
        // With `--since`, the commit shows for which app a waiver was written. Two separate checks lack this information, so waivers are left out.
        let plain = |files: &Files| -> Files {
            let without = |(at, (file, variant)): (usize, &(usize, Option<usize>))| {
                (*file, variant.filter(|_| !WAIVERS.contains(&at)))
            };
            files.iter().enumerate().map(without).collect()
        };
        let (now, base) = (plain(&now), plain(&base));
        let (folder, before) = (Folder::new(&now), Folder::new(&base));
        let since = folder.check(Some(&Memo::default()), Some(&base), None);
        let known = crate::triage::Known::of(&before.check(None, None, None).findings);
        let all = folder.check(None, None, None);
        let (new, _) = known.subtract(all.findings.clone());
        prop_assert_eq!(since.run.known, all.findings.len() - new.len());
    }
}
