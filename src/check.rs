//! Runs the steps of a check in order, from the paths to the report. Other modules implement the steps.

mod accepted;
mod evaluation;
mod files;
mod load;
mod patterns;
mod removed;
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
    facts::{framework_title, vendors},
    files::Workspace,
    finding::{Finding, Subject},
    interrupt,
    model::{Catalogue, Declaration},
    policy::{Answer, Facts, builtin_systems},
    report::{Code, Failure, Report, Run},
    rule::{RuleId, RuleMeta, Severity},
    ruleset::Ruleset,
    source::{SourceError, SubmoduleFault},
    triage::{Focus, Known, assign_owners, reused_name_verdicts},
    trust::Trusted,
};

pub(crate) use load::{Loaded, load};
pub(crate) use patterns::{Effective, effective, load_alone};
pub(crate) use removed::declared;
pub(crate) use signoff::signoffs;
pub(crate) use tryout::{Tryout, try_out};

use evaluation::{Evaluation, add_located, redact};
use files::chosen_files;
use since::Base;

/// A request to check a catalogue.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The files and folders to report on; if empty, all files. Rules on single declarations evaluate only the declarations that the report needs.
    /// Without a `leaver.yaml`, no other file is loaded.
    pub paths: Vec<Utf8PathBuf>,
    /// Whether to report on the whole catalogue despite `paths`, because a deleted file may affect any other file.
    pub whole: bool,
    /// The declarations that `paths` had before the change. References to declarations that the change removed are reported, too.
    pub declared_before: BTreeSet<Subject>,
    /// A file name and the text to use as its content, such as standard input.
    pub text: Option<(String, String)>,
    /// Observations for this run only: the name of their origin, and their YAML text.
    pub evidence: Option<(String, String)>,
    /// The day to compare dates with, `YYYY-MM-DD`.
    pub today: String,
    /// The baseline.
    pub known: Option<Known>,
    /// The base. Its findings are not reported again.
    pub since: Option<BaseFiles>,
    /// Files that git tracks. They belong to the catalogue even if an ignore file hides them.
    pub tracked: Vec<Utf8PathBuf>,
    /// Submodules whose declarations cannot be read, and why.
    pub submodules: Vec<(Utf8PathBuf, SubmoduleFault)>,
    /// The parts of the check that come from the trusted commit instead of the catalogue.
    pub trusted: Option<Trusted>,
    /// The binary to start as the worker for a user's own rules. If `None`, they run in this process, which is for trusted rules only.
    pub worker: Option<PathBuf>,
}

/// The files of the base.
#[derive(Debug, Clone, Default)]
pub struct BaseFiles {
    /// The files of the base, by their paths in the current catalogue.
    pub files: Workspace,
}

/// Checks a catalogue. Any thread may call `progress(done, all)`.
pub fn check(
    config: &Config,
    ruleset: &Ruleset,
    request: &Request,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Report {
    // A memo pays off only from the second catalogue on.
    let memo = request.since.as_ref().map(|_| Memo::default());
    check_with(config, ruleset, request, memo.as_ref(), progress)
}

/// Checks a catalogue with the memo of earlier checks.
pub(crate) fn check_with(
    config: &Config,
    ruleset: &Ruleset,
    request: &Request,
    memo: Option<&Memo>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Report {
    let (report, catalogue) = check_with_catalogue(config, ruleset, request, memo, progress);
    // Dropping ten thousand trees takes a while, so another thread drops them.
    rayon::spawn(move || drop(catalogue));
    report
}

/// Checks a catalogue. Returns the report and the catalogue.
pub(crate) fn check_with_catalogue(
    config: &Config,
    ruleset: &Ruleset,
    request: &Request,
    memo: Option<&Memo>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> (Report, Catalogue) {
    let mut now = gather(config, ruleset, request);
    now.load_signoffs(config, ruleset, request);
    let checked_base = request.since.as_ref().map(|files| Base::gather(config, ruleset, request, files, &now));
    let base = checked_base.as_ref().map(|base| &base.gathered);
    // Any declaration may refer to a removed declaration, so all declarations are evaluated.
    let demand = if now.focus.is_all() || now.focus.has_removed_names() {
        Demand::everything()
    } else {
        let is_shown = |declaration: &Declaration| now.focus.includes(declaration);
        Demand::of_shown(&now.catalogue, &ruleset.running, is_shown)
    };
    let evaluation = Evaluation { config, ruleset, request, base, demand: &demand, memo };
    let unreported = evaluation.run(&mut now, progress);
    patterns::drop_repeated_findings(&mut now.findings, &now.catalogue, ruleset);
    redact(&mut now.findings, &unreported, ruleset);
    // Resolve the baseline first, because the base is consumed when it is evaluated.
    let versions = accepted::versions(request, &now.catalogue, base);
    let listed = request.known.as_ref().map(|known| known.clone().with_names(&versions));
    let since = checked_base.map(|base| base.known(&demand, memo));
    let Gathered { catalogue, mut findings, mut failures, mut run, focus, .. } = now;
    // A finding in the baseline or in the base is not new.
    let known = match (since, listed) {
        (Some(since), Some(listed)) => Some(since.union(&listed)),
        (since, listed) => since.or(listed),
    };
    let all = findings.iter().filter(|finding| focus.includes_finding(finding)).count();
    let mut others = Vec::new();
    if let Some(known) = known {
        (findings, others) = known.subtract(findings);
    }
    findings.retain(|finding| focus.includes_finding(finding));
    run.known = all - findings.len();
    if let Some(rule) = accepted::enabled_rule(ruleset, accepted::REUSED) {
        let mut more = Vec::new();
        add_located(reused_name_verdicts(rule, others, &catalogue), ruleset, &catalogue, &mut more, &mut failures);
        more.iter_mut().for_each(Finding::redact);
        findings.extend(more.into_iter().filter(|finding| focus.includes_finding(finding)));
    }
    if findings.len() > config.limits.findings {
        let message = format!("more than {} findings: the rest is not shown", config.limits.findings);
        findings.truncate(config.limits.findings);
        let help = Some("fix the most frequent ones first, or raise `limits.findings` in leaver.yaml".into());
        failures.push(Failure { help, ..Failure::new(Code::Limit, message) });
    }
    assign_owners(&mut findings, &catalogue);
    let report = Report::new(findings, failures, running_metas(ruleset), run);
    (Report { framework_title, ..report }, catalogue)
}

/// A catalogue with everything that was read: the result of the first half of a check.
struct Gathered {
    catalogue: Catalogue,
    findings: Vec<Finding>,
    failures: Vec<Failure>,
    run: Run,
    focus: Focus,
    /// The facts about sign-offs, for rules.
    signoffs: serde_json::Value,
    /// Apps that have sign-offs but are no longer in the catalogue.
    removed_apps: Catalogue,
    /// The files that were read.
    files: Vec<Utf8PathBuf>,
    /// The declarations by file, as they were read. Kept only for a comparison with the base.
    parsed: BTreeMap<String, Vec<Declaration>>,
}

impl Gathered {
    /// Reads the sign-offs if any are required.
    fn load_signoffs(&mut self, config: &Config, ruleset: &Ruleset, request: &Request) {
        let ledger = signoff::facts(config, ruleset, request, &self.catalogue);
        self.failures.extend(ledger.failures);
        self.signoffs = ledger.facts;
        self.run.nothing_found &= ledger.gone.is_empty();
        self.removed_apps = Catalogue::new(ledger.gone, Vec::new());
    }
}

fn gather(config: &Config, ruleset: &Ruleset, request: &Request) -> Gathered {
    let given: Vec<&(String, String)> = [&request.text, &request.evidence].into_iter().flatten().collect();
    let files = match given.as_slice() {
        [] => config.files.clone(),
        given => config.files.with_texts(given.iter().map(|(name, text)| (name.into(), text.clone()))),
    };
    let mut failures = Vec::new();
    let (mut paths, focus) = chosen_files(&files, config, request, &mut failures);
    // The globs of the catalogue may also select the evidence, but the evidence must not be read twice.
    paths.retain(|path| !request.evidence.iter().any(|(name, _)| files.show(path) == *name));
    paths.extend(request.evidence.iter().map(|(name, _)| Utf8PathBuf::from(name)));
    let given = given.iter().map(|(name, _)| name.clone());
    let named: BTreeSet<String> = request.paths.iter().map(|path| files.show(path)).chain(given).collect();
    files.prefetch(&paths, config.limits.file_bytes);
    let load = |path: &Utf8PathBuf| {
        interrupt::poll();
        let file = files.read_listed(path, config.limits.file_bytes)?;
        let named = named.contains(file.path());
        Ok(load(file, config, ruleset, named))
    };
    let loaded = paths.par_iter().map(load).collect();
    let mut gathered = assemble(config, ruleset, request, loaded, focus, failures);
    gathered.files = paths;
    removed::report_references_to_removed(request, &mut gathered);
    gathered
}

/// Builds the catalogue from the loaded files.
fn assemble(
    config: &Config,
    ruleset: &Ruleset,
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
    patterns::apply(&mut declarations, ruleset, &mut focus, &mut findings, &mut failures);
    let in_focus = |declaration: &&Declaration| focus.includes(declaration);
    run.declarations = declarations.iter().filter(in_focus).count();
    run.out_of_focus = declarations.len() - run.declarations;
    let apps = || declarations.iter().filter(in_focus).filter(|declaration| declaration.kind == "App");
    run.apps = apps().filter(|app| app.is_evaluated()).count();
    run.unevaluated = apps().count() - run.apps;
    run.discovered = apps().filter(|app| app.is_evaluated() && app.is_discovered()).count();
    // A hook may pass files without declarations, but a folder or a whole catalogue without declarations is a mistake.
    run.nothing_found = if focus.only_files() && request.text.is_none() {
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
        removed_apps: Catalogue::default(),
        files: Vec::new(),
        parsed,
    }
}

/// The well-formed declarations of a catalogue, without evaluating any rule.
pub fn declarations(config: &Config, ruleset: &Ruleset, request: &Request) -> Vec<Declaration> {
    let catalogue = gather(config, ruleset, request).catalogue;
    catalogue.own().iter().filter(|declaration| declaration.well_formed).cloned().collect()
}

/// The rules and the catalogue as an OPA bundle. Fails if a file cannot be read.
pub fn bundle(config: &Config, ruleset: &Ruleset, request: &Request) -> Result<Vec<u8>, Vec<Failure>> {
    let internal = |message: String| vec![Failure::new(Code::Internal, message)];
    let (gathered, facts) = read_with_facts(config, ruleset, request)?;
    crate::policy::bundle(&ruleset.running, &gathered.catalogue, &facts).map_err(|error| internal(error.to_string()))
}

/// Reads a catalogue and the facts for its rules. Fails if a file cannot be read.
fn read_with_facts(config: &Config, ruleset: &Ruleset, request: &Request) -> Result<(Gathered, Facts), Vec<Failure>> {
    let mut gathered = gather(config, ruleset, request);
    gathered.load_signoffs(config, ruleset, request);
    if !gathered.failures.is_empty() {
        return Err(gathered.failures);
    }
    // Includes each spelling of a vendor in the catalogue, because OPA cannot find a vendor by another spelling.
    let vendors = vendors(&config.vendors, &vendors_named(&gathered.catalogue), true);
    let facts = facts(ruleset, &request.today, vendors, std::mem::take(&mut gathered.signoffs));
    Ok((gathered, facts))
}

/// Answers a query over the catalogue. Fails if a file cannot be read or has errors, because the answer could be wrong.
pub(crate) fn query(
    config: &Config,
    ruleset: &Ruleset,
    request: &Request,
    text: &str,
    limit: Duration,
) -> Result<Vec<Answer>, Vec<Failure>> {
    let (gathered, facts) = read_with_facts(config, ruleset, request)?;
    if gathered.findings.iter().any(|finding| finding.severity == Severity::Error) {
        let message = "the catalogue has errors, so an answer would be incomplete".to_owned();
        return Err(vec![Failure::new(Code::Read, message).help("`leaver check` reports them".to_owned())]);
    }
    crate::policy::query(&ruleset.running, &gathered.catalogue, &facts, text, limit).map_err(|reason| {
        let help =
            "`leaver query --help` has examples; `leaver query 'object.keys(data.leaver)'` lists the available data";
        vec![Failure::new(Code::Usage, format!("cannot answer the query: {reason}")).help(help.to_owned())]
    })
}

/// The metadata of the rules that run.
fn running_metas(ruleset: &Ruleset) -> BTreeMap<RuleId, Arc<RuleMeta>> {
    ruleset.running.rules.iter().map(|(id, rule)| (id.clone(), Arc::clone(&rule.meta))).collect()
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
