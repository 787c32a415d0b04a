//! Programs for the virtual machine. Those of the bundled rules are compiled when leaver is made, since compiling them is most of the time
//! of a small run; a selection of few rules is compiled when it is wanted.

use std::{collections::BTreeMap, sync::Arc};

use include_dir::{Dir, include_dir};
use regorus::{
    Engine,
    languages::rego::compiler::Compiler,
    rvm::program::{DeserializationResult, Program},
};
use serde::{Deserialize, Serialize};

use super::{
    engine::{Budget, engine_failure},
    load::{PolicySet, RuleSource, package},
    names::in_full,
};
use crate::{
    report::Failure,
    rule::{RuleMeta, Scope},
    schema::KINDS,
};

static PROGRAMS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/data/programs");
const INDEX: &str = "index.json";
const RULES: &str = "rules.json";
/// The name of the rules that this binary carries, by `build.rs`.
const CARRIED: &str = env!("LEAVER_POLICIES");
const ENTRY: &str = "data.leaver_index.all";
/// The group of rules that see the whole catalogue at once; the others have the name of a kind.
pub(super) const CATALOGUE: &str = "catalogue";

/// What `data/programs` holds.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Index {
    /// The name of the rules that the programs were compiled from.
    #[serde(default)]
    policies: String,
    /// Group → how many rules its program has.
    #[serde(default)]
    groups: BTreeMap<String, usize>,
}

fn index() -> Option<Index> {
    let index: Index = serde_json::from_slice(PROGRAMS.get_file(INDEX)?.contents()).ok()?;
    (index.policies == CARRIED).then_some(index)
}

/// What the metadata of the bundled rules says.
pub(super) fn described() -> Option<Vec<RuleMeta>> {
    index()?;
    serde_json::from_slice(PROGRAMS.get_file(RULES)?.contents()).ok()
}

/// The rules of a group.
pub(super) fn members<'a>(set: &'a PolicySet, group: &str) -> Vec<&'a RuleSource> {
    let belongs = |rule: &&RuleSource| match &rule.meta.scope {
        Scope::Kinds(kinds) => kinds.iter().any(|kind| kind == group),
        Scope::Catalogue => group == CATALOGUE,
        Scope::Document => false,
    };
    set.rules.values().filter(belongs).collect()
}

/// A program whose result is `{rule id: findings}`, for these rules at least.
pub(super) fn program(
    group: &str,
    set: &PolicySet,
    rules: &[&RuleSource],
    budget: Budget,
) -> Result<Arc<Program>, Vec<Failure>> {
    let bundled = rules.iter().all(|rule| rule.module.bundled);
    let ready = if bundled { ready(group, rules.len()) } else { None };
    ready.map_or_else(|| compile(set, rules, budget), Ok)
}

/// The program of all bundled rules of a group, if so many of them are wanted that running it costs less than compiling another.
fn ready(group: &str, wanted: usize) -> Option<Arc<Program>> {
    if index()?.groups.get(group)? / 2 > wanted {
        return None;
    }
    let bytes = PROGRAMS.get_file(format!("{group}.bin"))?.contents();
    let DeserializationResult::Complete(mut program) = Program::deserialize_binary(bytes).ok()? else { return None };
    program.initialize_resolved_builtins().ok()?;
    Some(Arc::new(program))
}

pub(super) fn compile(set: &PolicySet, rules: &[&RuleSource], budget: Budget) -> Result<Arc<Program>, Vec<Failure>> {
    let mut engine = Engine::new();
    engine.set_rego_v0(false);
    engine.set_execution_timer_config(budget.timer(1));
    let modules = set.libraries.iter().map(|library| (&library.file, None));
    for (file, rule) in modules.chain(rules.iter().map(|rule| (&rule.module.file, Some(&rule.meta.id)))) {
        engine.add_policy(file.path().to_owned(), in_full(file.text())).map_err(|error| {
            vec![engine_failure(rule, &format!("`{}` does not compile", file.path()), &error.to_string())]
        })?;
    }
    let fields: String = rules
        .iter()
        .map(|rule| format!("\t\"{}\": data.{}.findings,\n", rule.meta.id, package(&rule.meta.id)))
        .collect();
    let whole = |error: String| vec![engine_failure(None, "the rules do not compile", &error)];
    engine
        .add_policy("leaver_index".into(), format!("package leaver_index\n\nall := {{\n{fields}}}\n"))
        .map_err(|error| whole(error.to_string()))?;
    let policy = engine.compile_with_entrypoint(&ENTRY.into()).map_err(|error| whole(error.to_string()))?;
    let program = Compiler::compile_from_policy(&policy, &[ENTRY]).map_err(|error| whole(error.to_string()))?;
    Ok(Arc::new(lighten(Program::clone(&program))))
}

/// The machine copies the description of a rule at each call, even where the answer is known: what it does not ask for is taken out.
fn lighten(mut program: Program) -> Program {
    for rule in &mut program.rule_infos {
        rule.name = String::new();
        if let Some(function) = &mut rule.function_info {
            function.param_names = Vec::new();
        }
        if rule.destructuring_blocks.iter().all(Option::is_none) {
            rule.destructuring_blocks = Vec::new();
        }
        if rule.else_bodies.iter().flatten().all(|is_else| !is_else) {
            rule.else_bodies = Vec::new();
        }
    }
    program
}

/// The files of `data/programs`, by name: the programs of the bundled rules, their metadata and an index.
pub fn programs() -> Result<BTreeMap<String, Vec<u8>>, Vec<Failure>> {
    let bundled = PolicySet::bundled_by_text()?;
    let mut index = Index { policies: CARRIED.to_owned(), groups: BTreeMap::new() };
    let mut files = BTreeMap::new();
    let broken = |reason: String| vec![engine_failure(None, "the program cannot be written", &reason)];
    for group in KINDS.into_iter().chain([CATALOGUE]) {
        let rules = members(&bundled, group);
        if rules.is_empty() {
            continue;
        }
        let mut program = Program::clone(&*compile(&bundled, &rules, Budget::default())?);
        // Texts and places are for a debugger.
        program.sources.clear();
        program.instruction_spans.clear();
        index.groups.insert(group.to_owned(), rules.len());
        files.insert(format!("{group}.bin"), program.serialize_binary().map_err(broken)?);
    }
    let mut write = |name: &str, text: serde_json::Result<String>| match text {
        Ok(text) => {
            files.insert(name.to_owned(), (text + "\n").into_bytes());
            Ok(())
        }
        Err(error) => Err(broken(error.to_string())),
    };
    let metas: Vec<&RuleMeta> = bundled.rules.values().map(|rule| &*rule.meta).collect();
    write(RULES, serde_json::to_string_pretty(&metas))?;
    write(INDEX, serde_json::to_string_pretty(&index))?;
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_programs_are_those_of_the_rules() {
        let fresh = programs().expect("they compile");
        let kept: BTreeMap<String, Vec<u8>> = PROGRAMS
            .files()
            .map(|file| (file.path().to_string_lossy().into_owned(), file.contents().to_vec()))
            .collect();
        let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&kept), names(&fresh), "run `just bless`");
        for (name, bytes) in &fresh {
            assert!(kept.get(name) == Some(bytes), "data/programs/{name} is not that of the rules: run `just bless`");
        }
        assert!(ready("App", 1).is_none() && ready("App", usize::MAX).is_some() && ready("Nothing", 1).is_none());
    }
}
