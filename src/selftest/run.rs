//! Running the examples of rules as tests.

use std::{collections::BTreeMap, collections::BTreeSet, sync::Arc};

use super::page::{Block, Section, blocks};
use crate::{
    check::{builtin, declaration_shape, load},
    config::Config,
    locate::locate,
    model::{Catalogue, Declaration},
    policy::{Coverage, Facts, PolicySet, RuleSource, lint, run_rego_tests, try_compiled, try_rule, vendors},
    rule::{Origin, RuleId, Scope},
    schema::Shape,
    source::{Document, Entry, Node, SourceFile, Span, Yaml, parse},
};

/// The day that blocks without `today=` are judged on.
const TODAY: &str = "2026-11-25";

/// One test and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
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
}

impl TestRun {
    /// How many failed.
    pub fn failed(&self) -> usize {
        self.cases.iter().filter(|case| !case.failures.is_empty()).count()
    }
}

/// Runs the tests of all rules of `set` that `wanted` lets through, and of the libraries.
pub fn run(
    config: &Config,
    set: &PolicySet,
    wanted: &dyn Fn(&RuleId) -> bool,
    compiled: bool,
) -> Result<TestRun, String> {
    let shape = declaration_shape().map_err(|error| error.to_string())?;
    let vendors = vendors(&config.vendors, None);
    let trial = Trial { config, vendors: &vendors, set, shape: &shape, compiled };
    let mut run = TestRun::default();
    for (id, rule) in set.rules.iter().filter(|(id, _)| wanted(id)) {
        let path = rule.module.file.path().replace("rule.rego", "rule.md");
        let case = |line: usize, name: &str, failures: Vec<String>| Case {
            file: path.clone(),
            line,
            name: format!("{id}: {name}"),
            failures,
        };
        run.cases.push(case(1, "metadata and paths", lint(rule, &shape)));
        let blocks = match blocks(&rule.meta.page) {
            Ok(blocks) => blocks,
            Err(error) => {
                run.cases.push(case(error.line, "page", vec![error.reason]));
                continue;
            }
        };
        // What needs more than a document to be shown is tested with the repository's own tests.
        if !(rule.meta.native && blocks.is_empty()) {
            run.cases.push(case(1, "examples", missing(&blocks)));
        }
        for (number, block) in blocks.iter().enumerate() {
            let section = format!("{:?} {}", block.section, number + 1).to_lowercase();
            let (failures, coverage) = trial.block(rule, block, &path);
            run.coverage.merge(coverage);
            run.cases.push(case(block.line, &section, failures));
        }
    }
    let facts = facts(config, &vendors, None, &BTreeMap::new(), None, serde_json::Value::Null);
    let (tests, coverage) = run_rego_tests(set, &facts)?;
    run.coverage.merge(coverage);
    // Libraries count where all the rules beside them are tried.
    let root = |path: &str, name: &str| path.strip_suffix(name).map(str::to_owned);
    let root_of = |id: &RuleId, rule: &RuleSource| root(rule.module.file.path(), &format!("{id}/rule.rego"));
    let whole = |folder: &Option<String>| set.rules.iter().all(|(id, rule)| root_of(id, rule) != *folder || wanted(id));
    run.coverage.0.retain(|file, _| {
        set.rules.iter().any(|(id, rule)| wanted(id) && rule.module.file.path() == file)
            || set.libraries.iter().any(|library| {
                let path = library.file.path();
                let folder = path.rfind("lib/").and_then(|at| root(path, path.get(at..)?));
                path == file
                    && set.rules.iter().any(|(id, rule)| wanted(id) && root_of(id, rule) == folder)
                    && whole(&folder)
            })
    });
    run.cases.extend(tests.into_iter().map(|test| Case {
        file: test.file,
        line: test.line,
        name: test.name,
        failures: test.failure.into_iter().collect(),
    }));
    Ok(run)
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
    shape: &'a Shape,
    /// Compare with the compiled program for rules that are not bundled, too.
    compiled: bool,
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
            let loaded = load(SourceFile::new(path, text), self.shape, self.config, true);
            found.extend(
                loaded
                    .findings
                    .iter()
                    .filter(|finding| finding.rule == *id)
                    .map(|finding| (finding.place.start().line, id.clone())),
            );
        } else {
            let (catalogue, signoffs) = match catalogue(rule, &text, path, self.shape) {
                Ok(found) => found,
                Err(mut problems) => {
                    failures.append(&mut problems);
                    return (failures, coverage);
                }
            };
            let today = block.today.as_deref();
            let facts = facts(self.config, self.vendors, today, &block.params, Some(id), signoffs);
            let verdicts = match try_rule(self.set, rule, &catalogue, &facts) {
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
                match try_compiled(self.set, rule, &catalogue, &facts) {
                    Ok(compiled) if sorted(compiled.clone()) == sorted(verdicts.clone()) => {}
                    Ok(compiled) => failures.push(format!(
                        "the interpreter found {}, the compiled program {}",
                        verdicts.len(),
                        compiled.len()
                    )),
                    Err(reason) => failures.push(reason),
                }
            }
            for verdict in verdicts {
                match locate(verdict, &rule.meta, None, &catalogue) {
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
fn catalogue(
    rule: &RuleSource,
    text: &str,
    path: &str,
    shape: &Shape,
) -> Result<(Catalogue, serde_json::Value), Vec<String>> {
    let file = Arc::new(SourceFile::new(path, text));
    let parsed = parse(&file, &crate::source::YamlLimits::default());
    let line = |span: Span| file.point(span.start).line;
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
            shape
                .check_relaxed(text, &root, true)
                .iter()
                .map(|breach| format!("line {}: {}", line(breach.span), breach.message)),
        );
        let text_of = |path: &[&str]| {
            path.iter().try_fold(&root, |node, key| node.get(key)).and_then(Node::text).unwrap_or_default().to_owned()
        };
        let (kind, name) = (text_of(&["kind"]), text_of(&["metadata", "name"]));
        own.push(Declaration { kind, name, file: Arc::clone(&file), document: index, well_formed: true, root });
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
