//! The main job from end to end: paths to report. Each step is a function of another module; here is only their order.

mod accepted;
mod evaluation;
mod files;
mod load;
mod lost;
mod patterns;
mod signoff;
mod since;
#[cfg(test)]
mod tests;
mod tryout;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use camino::Utf8PathBuf;
use rayon::prelude::*;

use crate::{
    config::Config,
    engine::{Demand, Memo, facts, vendors_named},
    facts::vendors,
    finding::{Finding, Subject},
    model::{Catalogue, Declaration},
    policy::{Answer, Facts, builtin_systems},
    report::{Code, Failure, Report, Run},
    rule::{RuleId, Severity},
    source::{Disk, Files, Overlay, SourceError, Texts, display_path},
    triage::{Focus, Known, assign_owners, reused},
    trust::Trusted,
};

pub(crate) use load::{Loaded, load};
pub(crate) use lost::declared;
pub(crate) use patterns::{Effective, effective, load_alone};
pub(crate) use signoff::signoffs;
pub(crate) use tryout::{Tried, try_out};

use evaluation::{Evaluation, add_located, redact};
use files::chosen_files;
use since::Base;

/// What to check.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// What is reported, and what leaver's rules on single declarations are asked about; none: all. Without a `leaver.yaml` also what is loaded.
    pub paths: Vec<Utf8PathBuf>,
    /// Report on the whole catalogue all the same: a file that is gone may concern any other.
    pub whole: bool,
    /// What the paths declared before a change: what still names one that is gone is reported, too.
    pub before: BTreeSet<Subject>,
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
    /// Its files by the paths that they have, or would have, today.
    pub files: Texts,
    /// Where it is laid out, for the sign-offs in it. Only needed where any are required.
    pub root: Option<Utf8PathBuf>,
}

/// Checks a catalogue. `progress(done, all)` is called from any thread.
pub fn check(config: &Config, request: &Request, progress: &(dyn Fn(usize, usize) + Sync)) -> Report {
    // One catalogue has nothing to recall.
    let memo = request.since.as_ref().map(|_| Memo::default());
    check_with(config, request, memo.as_ref(), progress)
}

/// Checks a catalogue with a memo of other checks.
pub(crate) fn check_with(
    config: &Config,
    request: &Request,
    memo: Option<&Memo>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Report {
    let (report, catalogue) = examine(config, request, memo, progress);
    // Dropping ten thousand trees takes a while; the report does not wait for it.
    rayon::spawn(move || drop(catalogue));
    report
}

/// Checks a catalogue and returns it with the report.
pub(crate) fn examine(
    config: &Config,
    request: &Request,
    memo: Option<&Memo>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> (Report, Catalogue) {
    let mut now = gather(config, request);
    now.load_signoffs(config, request);
    let past = request.since.as_ref().map(|past| Base::gather(config, request, past, &now));
    let base = past.as_ref().map(|base| &base.gathered);
    // Anything may name a declaration that is gone.
    let demand = if now.focus.is_all() || now.focus.has_lost() {
        Demand::everything()
    } else {
        let is_shown = |declaration: &Declaration| now.focus.asks(declaration);
        Demand::of_shown(&now.catalogue, &config.policies, is_shown)
    };
    let evaluation = Evaluation { config, request, base, demand: &demand, memo };
    let masked = evaluation.run(&mut now, progress);
    patterns::leave_out_repeated(&mut now.findings, &now.catalogue, config);
    redact(&mut now.findings, &masked, config);
    // The baseline first: evaluating the past catalogue consumes it.
    let before = accepted::before(request, &now.catalogue, base);
    let listed = request.known.as_ref().map(|known| known.clone().named(&before));
    let since = past.map(|past| past.known(&demand, memo));
    let Gathered { catalogue, mut findings, mut failures, mut run, focus, .. } = now;
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
    if let Some(rule) = accepted::enabled_rule(config, accepted::REUSED) {
        let mut more = Vec::new();
        add_located(reused(rule, others, &catalogue), config, &catalogue, &mut more, &mut failures);
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
    (Report::new(findings, failures, rules_in_force(config), run), catalogue)
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
    /// What is left of apps that sign-offs are about, and that are not in the catalogue.
    departed: Catalogue,
    /// The files that have declarations, as they were read. Only kept for a comparison with the past.
    parsed: BTreeMap<String, Vec<Declaration>>,
}

impl Gathered {
    /// Reads the sign-offs, where any are required.
    fn load_signoffs(&mut self, config: &Config, request: &Request) {
        let ledger = signoff::facts(config, request, &self.catalogue);
        self.failures.extend(ledger.failures);
        self.signoffs = ledger.facts;
        self.run.nothing &= ledger.gone.is_empty();
        self.departed = Catalogue::new(ledger.gone, Vec::new());
    }
}

fn gather(config: &Config, request: &Request) -> Gathered {
    let given = [&request.text, &request.evidence].into_iter().flatten();
    let given = given.map(|(name, text)| (Utf8PathBuf::from(name), text.clone())).collect();
    gather_from(&Overlay::new(&Disk, &given), config, request)
}

fn gather_from(files: &dyn Files, config: &Config, request: &Request) -> Gathered {
    let mut failures = Vec::new();
    let (mut paths, focus) = chosen_files(files, config, request, &mut failures);
    paths.extend(request.evidence.iter().map(|(name, _)| Utf8PathBuf::from(name)));
    let given = [&request.text, &request.evidence].into_iter().flatten().map(|(name, _)| name.clone());
    let named: BTreeSet<String> = request.paths.iter().map(|path| display_path(path)).chain(given).collect();
    let load = |path: &Utf8PathBuf| {
        let file = files.read(path, config.limits.file_bytes)?;
        let named = named.contains(file.path());
        Ok(load(file, config, named))
    };
    let loaded = paths.par_iter().map(load).collect();
    let mut gathered = assemble(config, request, loaded, focus, failures);
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
    let mut parsed: BTreeMap<String, Vec<Declaration>> = BTreeMap::new();
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
                if let Some(first) = loaded.declarations.first().filter(|_| request.since.is_some()) {
                    parsed.insert(first.file.path().to_owned(), loaded.declarations.clone());
                }
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
    let apps = || declarations.iter().filter(in_focus).filter(|declaration| declaration.kind == "App");
    run.apps = apps().filter(|app| app.is_evaluated()).count();
    run.unevaluated = apps().count() - run.apps;
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
        departed: Catalogue::default(),
        parsed,
    }
}

/// The well-formed declarations of a catalogue, without evaluating any rule. `more` are files in front of those on the disk.
pub fn declarations(config: &Config, request: &Request, more: &Texts) -> Vec<Declaration> {
    let catalogue = gather_from(&Overlay::new(&Disk, more), config, request).catalogue;
    catalogue.own().iter().filter(|declaration| declaration.well_formed).cloned().collect()
}

/// The rules and the catalogue as an OPA bundle. What leaver could not read, or would report on the shape, is no bundle.
pub fn bundle(config: &Config, request: &Request) -> Result<Vec<u8>, Vec<Failure>> {
    let internal = |message: String| vec![Failure::new(Code::Internal, message)];
    let (gathered, facts) = read_with_facts(config, request)?;
    crate::policy::bundle(&config.policies, &gathered.catalogue, &facts).map_err(|error| internal(error.to_string()))
}

/// A catalogue that could be read completely, and the facts on it.
fn read_with_facts(config: &Config, request: &Request) -> Result<(Gathered, Facts), Vec<Failure>> {
    let mut gathered = gather(config, request);
    gathered.load_signoffs(config, request);
    if !gathered.failures.is_empty() {
        return Err(gathered.failures);
    }
    // With every way in which the catalogue spells a name, since OPA cannot look one up that is spelled otherwise.
    let vendors = vendors(&config.vendors, &vendors_named(&gathered.catalogue), true);
    let facts = facts(config, &request.today, vendors, std::mem::take(&mut gathered.signoffs));
    Ok((gathered, facts))
}

/// Answers a query over the catalogue. What cannot be read or has errors is a failure, because an answer could be wrong without it.
pub(crate) fn query(
    config: &Config,
    request: &Request,
    text: &str,
    limit: Duration,
) -> Result<Vec<Answer>, Vec<Failure>> {
    let (gathered, facts) = read_with_facts(config, request)?;
    if gathered.findings.iter().any(|finding| finding.severity == Severity::Error) {
        let message = "the catalogue has errors: no answer would be complete".to_owned();
        return Err(vec![Failure::new(Code::Read, message).help("`leaver check` reports them".to_owned())]);
    }
    crate::policy::query(&config.policies, &gathered.catalogue, &facts, text, limit).map_err(|reason| {
        let help = "`leaver query --help` has examples; `leaver query 'object.keys(data.leaver)'` names what there is";
        vec![Failure::new(Code::Usage, format!("cannot answer the query: {reason}")).help(help.to_owned())]
    })
}

fn rules_in_force(config: &Config) -> BTreeMap<RuleId, Arc<crate::rule::RuleMeta>> {
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
