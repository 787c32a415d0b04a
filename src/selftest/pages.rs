//! The tests of one rule: its metadata and every YAML block of its page.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    page::{Block, Section, blocks},
    run::{Case, TODAY, TestContext, TestRunner},
};
use crate::{
    check::{builtin, load_alone},
    finding::Verdict,
    locate::locate,
    model::{Catalogue, Declaration, apply_patterns},
    policy::{Coverage, ExampleInput, RuleSource, RuleTrial, TrialSet, lint},
    rule::{Origin, RuleId, Scope},
    schema::DECLARATIONS,
    source::{Document, Entries, Entry, Node, SourceFile, Span, Yaml, parse},
};

/// The tests of the pages of some rules.
pub(super) struct Pages<'a> {
    pub(super) context: &'a TestContext<'a>,
    pub(super) trials: TrialSet<'a>,
}

impl Pages<'_> {
    /// Tests the metadata of a rule and the blocks of its page.
    pub(super) fn rule(&self, runner: &mut TestRunner<'_>, rule: &RuleSource) -> Result<(), String> {
        let path = rule.module.file.path().replace("rule.rego", "rule.md");
        let case = |line: usize, name: &str| Case {
            file: path.clone(),
            line,
            name: format!("{}: {name}", rule.meta.id),
            failures: Vec::new(),
        };
        let quick = |failures: Vec<String>| Ok((failures, Coverage::default()));
        runner.case(case(1, "metadata and paths"), || quick(lint(rule)))?;
        let blocks = match blocks(&rule.meta.page) {
            Ok(blocks) => blocks,
            Err(error) => return runner.case(case(error.line, "page"), || quick(vec![error.reason])),
        };
        // A rule in Rust may need more than one document and therefore have no blocks. The tests of this repository cover such rules.
        if !(rule.meta.native && blocks.is_empty()) {
            runner.case(case(1, "examples"), || quick(missing_examples(&blocks)))?;
        }
        // The rule is loaded as part of the first block that runs. If loading never ends, this block counts as lost, and the next child process skips
        // it.
        let mut trial = None;
        for (number, block) in blocks.iter().enumerate() {
            let section = format!("{:?} {}", block.section, number + 1).to_lowercase();
            runner.case(case(block.line, &section), || Ok(self.block(rule, block, &path, &mut trial)))?;
        }
        Ok(())
    }

    fn block<'b>(
        &'b self,
        rule: &'b RuleSource,
        block: &Block,
        path: &str,
        trial: &mut Option<Result<RuleTrial<'b>, String>>,
    ) -> (Vec<String>, Coverage) {
        let id = &rule.meta.id;
        let mut failures = Vec::new();
        if let Some(name) = block.params.keys().find(|name| !rule.meta.params.contains_key(*name)) {
            failures.push(format!("the rule has no parameter `{name}`"));
        }
        // Add blank lines before the block, so that its line numbers equal those of the page.
        let text = format!("{}{}", "\n".repeat(block.line - 1), block.yaml);
        let mut found: BTreeMap<(usize, RuleId), Vec<String>> = BTreeMap::new();
        let mut coverage = Coverage::default();
        if rule.meta.native {
            // The file and the page have different names, because files in a policy folder are not declarations.
            let loaded =
                load_alone(SourceFile::new(".leaver-example.yaml", text), self.context.config, self.context.ruleset);
            for finding in loaded.into_iter().filter(|finding| finding.rule == *id) {
                found.entry((finding.place.start().line, id.clone())).or_default().push(finding.message);
            }
        } else {
            let outcome = catalogue(rule, &text, path).and_then(|(catalogue, signoffs)| {
                let today = block.today.as_deref().unwrap_or(TODAY).to_owned();
                let given = ExampleInput { today, params: block.params.clone(), signoffs };
                let trial = trial.get_or_insert_with(|| self.trials.rule(rule)).as_mut();
                let trial = trial.map_err(|reason| vec![reason.clone()])?;
                let verdicts = trial.interpret(&catalogue, &given).map_err(|reason| vec![reason])?;
                coverage = trial.coverage().map_err(|reason| vec![reason])?;
                if self.context.compiled || rule.meta.origin == Origin::Bundled {
                    failures.extend(engine_differences(&verdicts, trial.compiled(&catalogue, &given)));
                }
                Ok((catalogue, verdicts))
            });
            let (catalogue, verdicts) = match outcome {
                Ok(outcome) => outcome,
                Err(mut problems) => {
                    failures.append(&mut problems);
                    return (failures, coverage);
                }
            };
            let mut entries = Entries::default();
            for verdict in verdicts {
                match locate(verdict, &rule.meta, None, &catalogue, &mut entries) {
                    Ok(finding) => {
                        found.entry((finding.place.start().line, finding.rule)).or_default().push(finding.message);
                    }
                    Err(failure) => failures.push(failure.message),
                }
            }
        }
        failures.extend(mark_differences(&block.expected, &found));
        (failures, coverage)
    }
}

/// Returns the differences between the findings of a block and its marks, with the messages of the findings.
fn mark_differences(
    expected: &BTreeSet<(usize, RuleId)>,
    found: &BTreeMap<(usize, RuleId), Vec<String>>,
) -> Vec<String> {
    let elsewhere: Vec<String> = found
        .iter()
        .filter(|(key, _)| !expected.contains(*key))
        .map(|((line, rule), messages)| {
            format!("line {line}: found `{rule}`, expected nothing; message: {}", messages.join("; message: "))
        })
        .collect();
    let missing = expected.iter().filter(|key| !found.contains_key(*key)).map(|(line, rule)| {
        let seen = if found.is_empty() { "; the rule found nothing in this block" } else { "" };
        format!("line {line}: expected `{rule}`, found nothing{seen}")
    });
    missing.chain(elsewhere).collect()
}

/// Returns the differences between the verdicts of the compiled program and of the interpreter.
fn engine_differences(interpreted: &[Verdict], compiled: Result<Vec<Verdict>, String>) -> Option<String> {
    let key = |verdict: &Verdict| (verdict.declaration, verdict.path.clone(), verdict.message.clone());
    let sorted = |mut verdicts: Vec<Verdict>| {
        verdicts.sort_by_key(key);
        verdicts
    };
    match compiled {
        Ok(compiled) => {
            let (one, other) = (sorted(interpreted.to_vec()), sorted(compiled));
            if one == other {
                return None;
            }
            let only = |one: &[Verdict], other: &[Verdict]| {
                let mut messages: Vec<String> = one
                    .iter()
                    .filter(|verdict| !other.contains(verdict))
                    .map(|verdict| verdict.message.clone())
                    .collect();
                messages.truncate(3);
                if messages.is_empty() { "nothing more".to_owned() } else { messages.join("; ") }
            };
            Some(format!(
                "the interpreter found {}, the compiled program {}; only the interpreter: {}; only the compiled program: {}",
                one.len(),
                other.len(),
                only(&one, &other),
                only(&other, &one)
            ))
        }
        Err(reason) => Some(reason),
    }
}

/// Checks that a page has an example with the fault and an example without it.
fn missing_examples(blocks: &[Block]) -> Vec<String> {
    let mut failures = Vec::new();
    if !blocks.iter().any(|block| block.section == Section::Bad && !block.expected.is_empty()) {
        failures.push("rule.md has no block under `## Bad` with a `# finding:` mark".to_owned());
    }
    if !blocks.iter().any(|block| block.section == Section::Good && block.expected.is_empty()) {
        failures.push("rule.md has no block under `## Good` without a mark".to_owned());
    }
    failures
}

/// Reads the declarations of a block. Adds the keys that every declaration has. Required keys may be missing, but unknown keys are errors. A document
/// whose only key is `signoffs` is not a declaration, but provides `data.leaver.signoffs`.
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
        add_common_keys(&mut root, kind);
        problems.extend(
            DECLARATIONS
                .check_example(text, &root)
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
            inherited: None,
        });
    }
    drop(apply_patterns(&mut own));
    if problems.is_empty() { Ok((Catalogue::new(own, builtin()), signoffs)) } else { Err(problems) }
}

fn add_common_keys(root: &mut Node, kind: &str) {
    let at = root.entries().first().map_or_else(|| root.span(), Entry::key_span);
    let node = |value: Yaml| Node::new(at, value);
    let entry = |key: &str, value: Node| Entry::new(key.into(), at, false, value);
    let text = |word: &str| node(Yaml::Text(word.into()));
    let Yaml::Map(entries) = root.value() else { return };
    let mut entries = entries.to_vec();
    let has = |entries: &[Entry], key: &str| entries.iter().any(|entry| &*entry.key == key);
    if !has(&entries, "apiVersion") {
        entries.push(entry("apiVersion", text(crate::schema::API_VERSION)));
    }
    if !has(&entries, "kind") {
        entries.push(entry("kind", text(kind)));
    }
    if !has(&entries, "spec") {
        entries.push(entry("spec", node(Yaml::Map([].into()))));
    }
    match entries.iter_mut().find(|entry| &*entry.key == "metadata") {
        None => entries.push(entry("metadata", node(Yaml::Map([entry("name", text("example"))].into())))),
        Some(metadata) if !has(metadata.value.entries(), "name") => {
            metadata.value.push(entry("name", text("example")));
        }
        Some(_) => {}
    }
    *root = root.with_value(Yaml::Map(entries.into()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        policy::{Facts, data_document, looked_up},
        ruleset::of_examples,
    };

    #[test]
    fn blocks_see_the_same_data_as_check() {
        let (config, ruleset) = of_examples();
        let set = &ruleset.running;
        let context = TestContext::new(&config, &ruleset, false);
        let trials = &context.shared().trials;
        let mut seen = 0;
        for rule in set.rules.values().filter(|rule| !rule.meta.native).step_by(9) {
            let id = &rule.meta.id;
            for block in blocks(&rule.meta.page).expect("blocks").iter().take(2) {
                let (catalogue, signoffs) = catalogue(rule, &block.yaml, "rule.md").expect("a catalogue");
                let today = "2026-02-03".to_owned();
                let params = rule.meta.params.keys().map(|name| (name.clone(), serde_json::json!(7))).collect();
                let given = ExampleInput { today: today.clone(), params, signoffs: signoffs.clone() };
                let mut facts = Facts { today, signoffs, ..context.facts.clone() };
                facts.params.entry(id.clone()).or_default().extend(given.params.clone());
                let want = data_document(&catalogue, &facts, &looked_up(set));
                assert!(trials.data(rule, &catalogue, &given) == want, "{id}");
                seen += 1;
            }
        }
        assert!(seen > 20, "{seen}");
    }
}
