//! The main job from end to end: paths to report. Each step is a function of another module; here is only their order.

mod accepted;
mod files;
mod head;
mod judging;
mod load;
mod lost;
mod patterns;
mod settled;
mod signoff;
mod since;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
};

use camino::Utf8PathBuf;
use rayon::prelude::*;

use crate::{
    config::Config,
    facts::vendors,
    finding::{Finding, Verdict},
    locate::locate,
    model::{Catalogue, Declaration, Waiver},
    policy::builtin_systems,
    report::{Code, Failure, Report, Run},
    rule::RuleId,
    source::{Entries, SourceError, SourceFile, Span, display_path, read_listed},
    triage::{Focus, Known, assign_owners, reused, waive},
    trust::Trusted,
};

pub(crate) use load::{Loaded, load};
pub(crate) use lost::declared;
pub(crate) use patterns::{Effective, effective, load_alone};
pub(crate) use signoff::signoffs;

use files::files;
use judging::{Judging, facts, vendors_named};
use settled::Settled;

/// What to check.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// What is reported, and what leaver's rules on single declarations are asked about; none: all. Without a `leaver.yaml` also what is loaded.
    pub paths: Vec<Utf8PathBuf>,
    /// Report on the whole catalogue all the same: a file that is gone may concern any other.
    pub whole: bool,
    /// The names that the paths declared before a change: what still names one that is gone is reported, too.
    pub before: BTreeSet<String>,
    /// A text that stands for a file of this name, as from standard input.
    pub text: Option<(String, String)>,
    /// Observations that count for this run only: a name for where they are from, and their declarations.
    pub evidence: Option<(String, String)>,
    /// The day to compare dates with, `YYYY-MM-DD`.
    pub today: String,
    /// Findings that are old news.
    pub known: Option<Known>,
    /// The catalogue as it was: what would be found in it is old news, too.
    pub since: Option<Past>,
    /// What comes from a trusted commit instead of from the catalogue.
    pub trusted: Option<Trusted>,
    /// The binary to start as the child that runs a user's own rules. None: they run in this process, for trusted rules only.
    pub worker: Option<PathBuf>,
}

/// A catalogue at another time.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// Path, as it is today, and text of each of its files.
    pub files: Vec<(Utf8PathBuf, String)>,
    /// Where it is laid out, for the sign-offs in it. Only needed where any are required.
    pub root: Option<Utf8PathBuf>,
}

/// Checks a catalogue. `progress(done, all)` is called from any thread.
pub fn check(config: &Config, request: &Request, progress: &(dyn Fn(usize, usize) + Sync)) -> Report {
    let (report, catalogue) = examine(config, request, progress);
    // Taking ten thousand trees apart takes a while, for which the report need not wait.
    rayon::spawn(move || drop(catalogue));
    report
}

/// The same, with the catalogue that was checked.
pub(crate) fn examine(
    config: &Config,
    request: &Request,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> (Report, Catalogue) {
    let report = |findings, failures, run| Report::new(findings, failures, running(config), run);
    let mut gathered = gather(config, request);
    gathered.weigh(config, request);
    let aside = Settled::aside(&config.policies, &gathered);
    let past = request.since.as_ref().map(|past| since::gather(config, request, past, &gathered));
    let base = past.as_ref().map(|base| &base.gathered);
    found(config, request, &mut gathered, base, &aside, progress);
    // The baseline first: judging the catalogue as it was uses that up.
    let before = accepted::before(request, &gathered.catalogue, base);
    let listed = request.known.as_ref().map(|known| known.clone().named(&before));
    let since = past.map(|past| since::known(past, &gathered, &aside));
    let Gathered { catalogue, mut findings, mut failures, mut run, focus, .. } = gathered;
    // Either makes a finding old news.
    let known = match (since, listed) {
        (Some(since), Some(listed)) => Some(since.union(&listed)),
        (since, listed) => since.or(listed),
    };
    let all = findings.iter().filter(|finding| focus.concerns(finding)).count();
    let mut others = Vec::new();
    if let Some(known) = known {
        (findings, others) = known.subtract(findings);
    }
    findings.retain(|finding| focus.concerns(finding));
    run.known = all - findings.len();
    if let Some(rule) = accepted::running(config, accepted::REUSED) {
        let mut more = Vec::new();
        place(reused(rule, others, &catalogue), config, &catalogue, &mut more, &mut failures);
        more.iter_mut().for_each(Finding::tidy);
        findings.extend(more.into_iter().filter(|finding| focus.concerns(finding)));
    }
    if findings.len() > config.limits.findings {
        let message = format!("more than {} findings: the rest is not shown", config.limits.findings);
        findings.truncate(config.limits.findings);
        let help = Some("fix the most frequent ones first, or raise `limits.findings` in leaver.yaml".into());
        failures.push(Failure { help, ..Failure::new(Code::Limit, message) });
    }
    assign_owners(&mut findings, &catalogue);
    (report(findings, failures, run), catalogue)
}

/// Judges what was gathered, but for what is settled, and marks what waivers cover.
fn found(
    config: &Config,
    request: &Request,
    gathered: &mut Gathered,
    past: Option<&Gathered>,
    settled: &Settled,
    progress: &(dyn Fn(usize, usize) + Sync),
) {
    let Gathered { catalogue, findings, failures, signoffs, gone, focus, .. } = gathered;
    let judging = Judging::new(config, request, catalogue, signoffs);
    let judgement = judging.all(&settled.indexes, progress);
    failures.extend(judgement.failures);
    place(judgement.verdicts, config, catalogue, findings, failures);
    patterns::leave_out_repeated(findings);
    let judgement = judging.gone(gone);
    failures.extend(judgement.failures);
    place(judgement.verdicts, config, gone, findings, failures);
    findings.extend(settled.findings.iter().cloned());
    let waivers: Vec<Waiver> = match &request.trusted {
        Some(trusted) => {
            findings.extend(trusted.changes(catalogue, &config.root));
            failures.extend(head::failures(trusted, config, request, catalogue, signoffs, failures));
            trusted.waivers.iter().filter_map(Waiver::read).collect()
        }
        None => catalogue.waivers().filter_map(Waiver::read).collect(),
    };
    let before = accepted::before(request, catalogue, past);
    let others = waive(findings, &waivers, &before, &request.today);
    let on_waivers = accepted::on_waivers(config, catalogue, others, &before);
    place(on_waivers, config, catalogue, findings, failures);
    // Single files without a catalogue are not all that a waiver may be for.
    let single = request.text.is_some() || request.paths.iter().any(|path| path.is_file());
    if failures.is_empty() && (config.has_file || !single) {
        let idle = accepted::idle(config, request, (catalogue, &before), &waivers, findings, settled);
        place(idle, config, catalogue, findings, failures);
    }
    // What was not judged may be drawn all the same, beside something else: a rule may know of a secret in it.
    if !focus.is_all() && !settled.unknown.is_empty() {
        let files = drawn(focus, findings, failures);
        let shown = |index: &&usize| catalogue.get(**index).is_some_and(|one| files.contains(one.file.path()));
        let shown: BTreeSet<usize> = settled.unknown.iter().filter(shown).copied().collect();
        let judgement = judging.only(&shown);
        failures.extend(judgement.failures);
        place(judgement.verdicts, config, catalogue, findings, failures);
    }
    hide(findings, config);
}

/// The files of which a report shows a part.
fn drawn(focus: &Focus, findings: &[Finding], failures: &[Failure]) -> BTreeSet<String> {
    let places = findings.iter().filter(|finding| focus.concerns(finding)).flat_map(Finding::places);
    let places = places.chain(failures.iter().filter_map(|failure| failure.place.as_ref()));
    places.map(|place| place.file.path().to_owned()).collect()
}

/// Gives verdicts their places.
fn place(
    verdicts: Vec<Verdict>,
    config: &Config,
    catalogue: &Catalogue,
    findings: &mut Vec<Finding>,
    failures: &mut Vec<Failure>,
) {
    let mut entries = Entries::default();
    for verdict in verdicts {
        let Some(meta) = config.all_rules.get(&verdict.rule) else { continue };
        let pinned = config.pinned.get(&verdict.rule).copied();
        match locate(verdict, meta, pinned, catalogue, &mut entries) {
            Ok(finding) => findings.push(finding),
            Err(failure) => failures.push(failure),
        }
    }
}

/// Tells the files of findings which of their parts hold secrets: what a rule found, and what looks like one where no rule could look. Then no
/// finding quotes one either.
fn hide(findings: &mut [Finding], config: &Config) {
    let mut secrets: BTreeMap<&str, (&Arc<SourceFile>, Vec<Span>)> = BTreeMap::new();
    for finding in &*findings {
        let found = config.all_rules.get(&finding.rule).is_some_and(|meta| meta.secret);
        for place in finding.places() {
            let look = || (&place.file, crate::source::secrets_of(&place.file));
            secrets.entry(place.file.path()).or_insert_with(look);
        }
        if let Some((_, spans)) = secrets.get_mut(finding.place.file.path()).filter(|_| found) {
            spans.push(finding.place.span);
        }
    }
    for (file, spans) in secrets.into_values() {
        file.mask(spans);
    }
    findings.iter_mut().for_each(Finding::tidy);
}

/// All that was read: the first half of a check.
struct Gathered {
    catalogue: Catalogue,
    findings: Vec<Finding>,
    failures: Vec<Failure>,
    run: Run,
    focus: Focus,
    /// What rules see of sign-offs.
    signoffs: serde_json::Value,
    /// What is left of apps that sign-offs are about.
    gone: Catalogue,
}

impl Gathered {
    /// Looks at the sign-offs, where any are required.
    fn weigh(&mut self, config: &Config, request: &Request) {
        let ledger = signoff::facts(config, request, &self.catalogue);
        self.failures.extend(ledger.failures);
        self.signoffs = ledger.facts;
        self.run.nothing &= ledger.gone.is_empty();
        self.gone = Catalogue::new(ledger.gone, Vec::new());
    }
}

fn gather(config: &Config, request: &Request) -> Gathered {
    let mut failures = Vec::new();
    let (files, focus) = files(config, request, &mut failures);
    let named: BTreeSet<String> = request.paths.iter().map(|path| display_path(path)).collect();
    let shaped: Vec<Result<Loaded, SourceError>> = files
        .par_iter()
        .map(|path| {
            read_listed(path, config.limits.file_bytes).map(|file| {
                let named = named.contains(file.path());
                load(file, config, named)
            })
        })
        .collect();
    let given = [&request.text, &request.evidence].into_iter().flatten();
    let given = given.map(|(name, text)| Ok(load(SourceFile::new(name.as_str(), text.as_str()), config, true)));
    let mut gathered = assemble(config, request, shaped.into_iter().chain(given).collect(), focus, failures);
    lost::widen(request, &mut gathered);
    gathered
}

/// What was loaded as a catalogue.
fn assemble(
    config: &Config,
    request: &Request,
    loaded: Vec<Result<Loaded, SourceError>>,
    mut focus: Focus,
    mut failures: Vec<Failure>,
) -> Gathered {
    let mut declarations = Vec::new();
    let mut findings = Vec::new();
    let mut run = Run {
        today: request.today.clone(),
        profile: config.profile.clone(),
        docs_url: config.docs_url.clone(),
        files: loaded.len(),
        ..Run::default()
    };
    for loaded in loaded {
        match loaded {
            Ok(mut loaded) => {
                declarations.append(&mut loaded.declarations);
                findings.append(&mut loaded.findings);
                failures.append(&mut loaded.failures);
                run.skipped_documents += loaded.skipped;
            }
            Err(error) => failures.push(Failure::from(&error)),
        }
    }
    patterns::apply(&mut declarations, config, &mut focus, &mut findings, &mut failures);
    let in_focus = |declaration: &&Declaration| focus.asks(declaration);
    run.declarations = declarations.iter().filter(in_focus).count();
    run.out_of_focus = declarations.len() - run.declarations;
    run.apps = declarations.iter().filter(in_focus).filter(|declaration| declaration.kind == "App").count();
    // A hook may name a file that is not leaver's; a folder, or a whole catalogue, without any declaration is a mistake.
    run.nothing = if focus.only_files() && request.text.is_none() {
        declarations.is_empty()
    } else {
        run.declarations == 0 && findings.is_empty()
    };
    let catalogue = Catalogue::new(declarations, builtin());
    Gathered {
        catalogue,
        findings,
        failures,
        run,
        focus,
        signoffs: serde_json::Value::Null,
        gone: Catalogue::default(),
    }
}

/// The well-formed declarations of a catalogue, unjudged. `more` are files beside those on the disk: path and text.
pub fn declarations(config: &Config, request: &Request, more: &[(Utf8PathBuf, String)]) -> Vec<Declaration> {
    let catalogue = gather(config, request).catalogue;
    let more: Vec<Loaded> = more.par_iter().map(|file| load_text(file, config)).collect();
    let all = catalogue.own().iter().chain(more.iter().flat_map(|loaded| &loaded.declarations));
    all.filter(|declaration| declaration.well_formed).cloned().collect()
}

fn load_text((path, text): &(Utf8PathBuf, String), config: &Config) -> Loaded {
    load(SourceFile::new(display_path(path), text.as_str()), config, false)
}

/// The rules and the catalogue as an OPA bundle. What leaver could not read, or would report on the shape, is no bundle.
pub fn bundle(config: &Config, request: &Request) -> Result<Vec<u8>, Vec<Failure>> {
    let internal = |message: String| vec![Failure::new(Code::Internal, message)];
    let mut gathered = gather(config, request);
    gathered.weigh(config, request);
    if !gathered.failures.is_empty() {
        return Err(gathered.failures);
    }
    // With every way in which the catalogue spells a name, since OPA cannot look one up that is spelled otherwise.
    let vendors = vendors(&config.vendors, &vendors_named(&gathered.catalogue), true);
    let facts = facts(config, request, vendors, gathered.signoffs);
    crate::policy::bundle(&config.policies, &gathered.catalogue, &facts).map_err(|error| internal(error.to_string()))
}

fn running(config: &Config) -> std::collections::BTreeMap<RuleId, Arc<crate::rule::RuleMeta>> {
    config.policies.rules.iter().map(|(id, rule)| (id.clone(), Arc::clone(&rule.meta))).collect()
}

pub(crate) fn builtin() -> Vec<Declaration> {
    let (file, documents) = builtin_systems();
    let file = Arc::new(file);
    let name = |root: &crate::source::Node| root.get("metadata")?.get("name")?.text().map(str::to_owned);
    documents
        .into_iter()
        .filter_map(|document| {
            Some(Declaration {
                kind: "System".into(),
                name: name(&document.root)?,
                file: Arc::clone(&file),
                document: document.index,
                well_formed: true,
                root: Arc::new(document.root),
                inherited: None,
            })
        })
        .collect()
}
