//! Running the examples of rules as tests.

use std::{collections::BTreeMap, collections::BTreeSet, sync::Arc};

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::page::{Block, Section, blocks};
use crate::{
    check::{builtin, load},
    config::Config,
    facts::vendors,
    locate::locate,
    model::{Catalogue, Declaration},
    policy::{Budget, Coverage, Facts, PolicySet, RegoTests, RuleSource, lint, try_compiled, try_rule},
    report::Failure,
    rule::{Origin, RuleId, Scope},
    schema::DECLARATIONS,
    source::{Document, Entries, Entry, Node, SourceFile, Span, Yaml, parse},
};

/// The day that blocks without `today=` are judged on.
const TODAY: &str = "2026-11-25";

/// One test and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// The file.
    pub file: String,
    /// The line it starts at.
    pub line: usize,
    /// What it tests.
    pub name: String,
    /// Why it failed, a line each; none: it passed.
    pub failures: Vec<String>,
}

/// All tests of a run.
#[derive(Debug, Clone, Default)]
pub struct TestRun {
    /// In order of rules and lines.
    pub cases: Vec<Case>,
    /// Lines of Rego.
    pub coverage: Coverage,
    /// Tests that never ended, and what could not be run at all.
    pub failures: Vec<Failure>,
}

impl TestRun {
    /// How many failed.
    pub fn failed(&self) -> usize {
        self.cases.iter().filter(|case| !case.failures.is_empty()).count()
    }
}

/// Where tests are run one by one, each announced before it begins, so that a parent knows which one brought its child down.
pub(super) struct Bench<'a> {
    /// Tests before this one have been run.
    from: usize,
    next: usize,
    begin: Begin<'a>,
    end: End<'a>,
}

/// Hears the number of a test, none for what all later ones need, and which test it is.
type Begin<'a> = &'a mut dyn FnMut(Option<usize>, &Case) -> Result<(), String>;
/// Hears how a test ended and what it covered.
type End<'a> = &'a mut dyn FnMut(Option<Case>, Coverage) -> Result<(), String>;

impl<'a> Bench<'a> {
    pub(super) fn new(from: usize, begin: Begin<'a>, end: End<'a>) -> Self {
        Self { from, next: 0, begin, end }
    }

    fn case(
        &mut self,
        case: Case,
        work: impl FnOnce() -> Result<(Vec<String>, Coverage), String>,
    ) -> Result<(), String> {
        let index = self.next;
        self.next += 1;
        if index < self.from {
            return Ok(());
        }
        (self.begin)(Some(index), &case)?;
        let (failures, coverage) = work()?;
        (self.end)(Some(Case { failures, ..case }), coverage)
    }

    /// What is no test, and never left out.
    fn prepare(&mut self, what: &Case, work: impl FnOnce() -> Result<Coverage, String>) -> Result<(), String> {
        (self.begin)(None, what)?;
        (self.end)(None, work()?)
    }
}

/// Runs the tests of all rules of `set` that `wanted` lets through, and of the libraries, in this process: for what leaver ships.
pub fn run(
    config: &Config,
    set: &PolicySet,
    wanted: &dyn Fn(&RuleId) -> bool,
    compiled: bool,
) -> Result<TestRun, String> {
    let mut run = TestRun::default();
    let mut coverage = Coverage::default();
    let mut end = |case, more| {
        run.cases.extend(case);
        coverage.merge(more);
        Ok(())
    };
    run_on(&mut Bench::new(0, &mut |_, _| Ok(()), &mut end), config, set, wanted, compiled)?;
    run.coverage = coverage;
    narrow(&mut run.coverage, set, wanted);
    Ok(run)
}

/// Runs the same tests on a bench.
pub(super) fn run_on(
    bench: &mut Bench<'_>,
    config: &Config,
    set: &PolicySet,
    wanted: &dyn Fn(&RuleId) -> bool,
    compiled: bool,
) -> Result<(), String> {
    let vendors = vendors(&config.vendors, &BTreeSet::new(), true);
    let budget = Budget { rule: Duration::from_millis(config.limits.rule_millis), ..Budget::default() };
    let trial = Trial { config, vendors: &vendors, set, compiled, budget };
    for (id, rule) in set.rules.iter().filter(|(id, _)| wanted(id)) {
        let path = rule.module.file.path().replace("rule.rego", "rule.md");
        let case = |line: usize, name: &str| Case {
            file: path.clone(),
            line,
            name: format!("{id}: {name}"),
            failures: Vec::new(),
        };
        let quick = |failures: Vec<String>| Ok((failures, Coverage::default()));
        bench.case(case(1, "metadata and paths"), || quick(lint(rule)))?;
        let blocks = match blocks(&rule.meta.page) {
            Ok(blocks) => blocks,
            Err(error) => {
                bench.case(case(error.line, "page"), || quick(vec![error.reason]))?;
                continue;
            }
        };
        // What needs more than a document to be shown is tested with the repository's own tests.
        if !(rule.meta.native && blocks.is_empty()) {
            bench.case(case(1, "examples"), || quick(missing(&blocks)))?;
        }
        for (number, block) in blocks.iter().enumerate() {
            let section = format!("{:?} {}", block.section, number + 1).to_lowercase();
            bench.case(case(block.line, &section), || Ok(trial.block(rule, block, &path)))?;
        }
    }
    let facts = facts(config, &vendors, None, &BTreeMap::new(), None, serde_json::Value::Null);
    let list = RegoTests::list(set);
    let file = list.first().map_or_else(|| "policies".to_owned(), |test| test.file.clone());
    let name = "compiling all rules, libraries and tests".to_owned();
    let mut tests = None;
    bench.prepare(&Case { file, line: 1, name, failures: Vec::new() }, || {
        let loaded = RegoTests::load(set, &facts, budget)?;
        let coverage = loaded.coverage()?;
        tests = Some(loaded);
        Ok(coverage)
    })?;
    let Some(mut tests) = tests else { return Ok(()) };
    for test in list {
        let case = Case { file: test.file.clone(), line: test.line, name: test.name.clone(), failures: Vec::new() };
        bench.case(case, || Ok((tests.run(&test).into_iter().collect(), tests.coverage()?)))?;
    }
    Ok(())
}

/// Leaves the coverage of what was wanted. Libraries count where all the rules beside them are tried.
pub(super) fn narrow(coverage: &mut Coverage, set: &PolicySet, wanted: &dyn Fn(&RuleId) -> bool) {
    let root = |path: &str, name: &str| path.strip_suffix(name).map(str::to_owned);
    let root_of = |id: &RuleId, rule: &RuleSource| root(rule.module.file.path(), &format!("{id}/rule.rego"));
    let whole = |folder: &Option<String>| set.rules.iter().all(|(id, rule)| root_of(id, rule) != *folder || wanted(id));
    coverage.0.retain(|file, _| {
        set.rules.iter().any(|(id, rule)| wanted(id) && rule.module.file.path() == file)
            || set.libraries.iter().any(|library| {
                let path = library.file.path();
                let folder = path.rfind("lib/").and_then(|at| root(path, path.get(at..)?));
                path == file
                    && set.rules.iter().any(|(id, rule)| wanted(id) && root_of(id, rule) == folder)
                    && whole(&folder)
            })
    });
}

/// A rule needs an example of the fault and one without it.
fn missing(blocks: &[Block]) -> Vec<String> {
    let mut failures = Vec::new();
    if !blocks.iter().any(|block| block.section == Section::Bad && !block.expected.is_empty()) {
        failures.push("rule.md has no block under `## Bad` with a `# finding:` mark".to_owned());
    }
    if !blocks.iter().any(|block| block.section == Section::Good && block.expected.is_empty()) {
        failures.push("rule.md has no block under `## Good` without a mark".to_owned());
    }
    failures
}

fn facts(
    config: &Config,
    vendors: &serde_json::Value,
    today: Option<&str>,
    params: &BTreeMap<String, serde_json::Value>,
    rule: Option<&RuleId>,
    signoffs: serde_json::Value,
) -> Facts {
    let mut all: BTreeMap<RuleId, BTreeMap<String, serde_json::Value>> = config
        .all_rules
        .iter()
        .map(|(id, meta)| {
            (id.clone(), meta.params.iter().map(|(name, param)| (name.clone(), param.default.clone())).collect())
        })
        .collect();
    if let Some(mine) = rule.and_then(|rule| all.get_mut(rule)) {
        mine.extend(params.clone());
    }
    let rules = config.all_rules.keys().cloned().collect();
    Facts { today: today.unwrap_or(TODAY).to_owned(), params: all, vendors: vendors.clone(), rules, signoffs }
}

/// What every block is tried with.
struct Trial<'a> {
    config: &'a Config,
    vendors: &'a serde_json::Value,
    set: &'a PolicySet,
    /// Compare with the compiled program for rules that are not bundled, too.
    compiled: bool,
    budget: Budget,
}

impl Trial<'_> {
    fn block(&self, rule: &RuleSource, block: &Block, path: &str) -> (Vec<String>, Coverage) {
        let id = &rule.meta.id;
        let mut failures = Vec::new();
        if let Some(name) = block.params.keys().find(|name| !rule.meta.params.contains_key(*name)) {
            failures.push(format!("the rule has no parameter `{name}`"));
        }
        // Blank lines before the block keep its lines those of the page.
        let text = format!("{}{}", "\n".repeat(block.line - 1), block.yaml);
        let mut found: BTreeSet<(usize, RuleId)> = BTreeSet::new();
        let mut coverage = Coverage::default();
        if rule.meta.native {
            let loaded = load(SourceFile::new(path, text), self.config, true);
            found.extend(
                loaded
                    .findings
                    .iter()
                    .filter(|finding| finding.rule == *id)
                    .map(|finding| (finding.place.start().line, id.clone())),
            );
        } else {
            let (catalogue, signoffs) = match catalogue(rule, &text, path) {
                Ok(found) => found,
                Err(mut problems) => {
                    failures.append(&mut problems);
                    return (failures, coverage);
                }
            };
            let today = block.today.as_deref();
            let facts = facts(self.config, self.vendors, today, &block.params, Some(id), signoffs);
            let verdicts = match try_rule(self.set, rule, &catalogue, &facts, self.budget) {
                Ok((verdicts, lines)) => {
                    coverage = lines;
                    verdicts
                }
                Err(reason) => {
                    failures.push(reason);
                    return (failures, coverage);
                }
            };
            if self.compiled || rule.meta.origin == Origin::Bundled {
                let sorted = |mut verdicts: Vec<crate::finding::Verdict>| {
                    verdicts.sort_by(|a, b| {
                        (a.declaration, &a.path, &a.message).cmp(&(b.declaration, &b.path, &b.message))
                    });
                    verdicts
                };
                match try_compiled(self.set, rule, &catalogue, &facts, self.budget) {
                    Ok(compiled) if sorted(compiled.clone()) == sorted(verdicts.clone()) => {}
                    Ok(compiled) => failures.push(format!(
                        "the interpreter found {}, the compiled program {}",
                        verdicts.len(),
                        compiled.len()
                    )),
                    Err(reason) => failures.push(reason),
                }
            }
            let mut entries = Entries::default();
            for verdict in verdicts {
                match locate(verdict, &rule.meta, None, &catalogue, &mut entries) {
                    Ok(finding) => drop(found.insert((finding.place.start().line, finding.rule))),
                    Err(failure) => failures.push(failure.message),
                }
            }
        }
        failures.extend(
            block
                .expected
                .difference(&found)
                .map(|(line, rule)| format!("line {line}: expected `{rule}`, found nothing")),
        );
        failures.extend(
            found
                .difference(&block.expected)
                .map(|(line, rule)| format!("line {line}: found `{rule}`, expected nothing")),
        );
        (failures, coverage)
    }
}

/// The declarations of a block. What every declaration has is filled in, what the schema requires may be missing, but no key may be
/// invented. A document with the one key `signoffs` is no declaration, but what `data.leaver.signoffs` is.
fn catalogue(rule: &RuleSource, text: &str, path: &str) -> Result<(Catalogue, serde_json::Value), Vec<String>> {
    let file = Arc::new(SourceFile::new(path, text));
    let parsed = parse(&file, &crate::source::YamlLimits::default());
    let line = |span: Span| file.point(span.start()).line;
    let mut problems: Vec<String> =
        parsed.problems.iter().map(|problem| format!("line {}: {}", line(problem.span), problem.message)).collect();
    let kind = match &rule.meta.scope {
        Scope::Kinds(kinds) => kinds.first().map_or("App", String::as_str),
        Scope::Catalogue | Scope::Document => "App",
    };
    let mut own = Vec::new();
    let mut signoffs = serde_json::Value::Null;
    for Document { index, mut root } in parsed.documents {
        if let ([_], Some(given)) = (root.entries(), root.get("signoffs")) {
            signoffs = given.into();
            continue;
        }
        fill(&mut root, kind);
        problems.extend(
            DECLARATIONS
                .check_relaxed(text, &root, true)
                .iter()
                .map(|breach| format!("line {}: {}", line(breach.span), breach.message)),
        );
        let text_of = |path: &[&str]| {
            path.iter().try_fold(&root, |node, key| node.get(key)).and_then(Node::text).unwrap_or_default().to_owned()
        };
        let (kind, name) = (text_of(&["kind"]), text_of(&["metadata", "name"]));
        own.push(Declaration {
            kind,
            name,
            file: Arc::clone(&file),
            document: index,
            well_formed: true,
            root: Arc::new(root),
        });
    }
    if problems.is_empty() { Ok((Catalogue::new(own, builtin()), signoffs)) } else { Err(problems) }
}

fn fill(root: &mut Node, kind: &str) {
    let at = root.entries().first().map_or(root.span, |entry| entry.key_span);
    let node = |value: Yaml| Node { span: at, defined: None, plain: false, value };
    let entry = |key: &str, value: Node| Entry { key: key.into(), key_span: at, key_plain: false, value };
    let text = |word: &str| node(Yaml::Text(word.into()));
    let Yaml::Map(entries) = &mut root.value else { return };
    let has = |entries: &[Entry], key: &str| entries.iter().any(|entry| &*entry.key == key);
    if !has(entries, "apiVersion") {
        entries.push(entry("apiVersion", text(crate::schema::API_VERSION)));
    }
    if !has(entries, "kind") {
        entries.push(entry("kind", text(kind)));
    }
    if !has(entries, "spec") {
        entries.push(entry("spec", node(Yaml::Map(Vec::new()))));
    }
    match entries.iter_mut().find(|entry| &*entry.key == "metadata") {
        None => entries.push(entry("metadata", node(Yaml::Map(vec![entry("name", text("example"))])))),
        Some(Entry { value: Node { value: Yaml::Map(inner), .. }, .. }) if !has(inner, "name") => {
            inner.push(entry("name", text("example")));
        }
        Some(_) => {}
    }
}
