//! Programs for the virtual machine. `build.rs` compiles those of the bundled rules, since compiling takes most of the time of a small run;
//! a selection of few rules is compiled on demand.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use include_dir::{Dir, include_dir};
use regorus::rvm::program::{DeserializationResult, Program};

use super::{
    engine::{Budget, engine_failure},
    index::{Index, derive, show},
    interpret::unfit,
    load::meta::Annotation,
    load::{Module, PolicySet, RuleSource},
    program::{compile_program, package_path},
    syntax::Syntax,
};
use crate::{
    report::Failure,
    rule::{Origin, RuleId, RuleMeta, Scope},
    source::Checkout,
};

static PROGRAMS: Dir<'_> = include_dir!("$OUT_DIR/programs");
/// The group of rules on the whole catalogue; every other group is named after a kind.
pub(super) const CATALOGUE: &str = "catalogue";

/// What `build.rs` wrote with postcard, which is read in a fifth of the time of JSON.
fn read<T: serde::de::DeserializeOwned>(name: &str) -> Option<T> {
    postcard::from_bytes(PROGRAMS.get_file(name)?.contents()).ok()
}

/// The kinds that bundled rules and libraries look up, by path.
pub(super) fn kinds_looked_up() -> BTreeMap<String, Option<BTreeSet<String>>> {
    read("kinds").unwrap_or_default()
}

/// The metadata of the bundled rules.
pub(super) fn described() -> Option<Vec<RuleMeta>> {
    let rules: BTreeMap<RuleId, Annotation> =
        serde_json::from_slice(PROGRAMS.get_file("rules.json")?.contents()).ok()?;
    let describe = |(id, annotation): (RuleId, Annotation)| annotation.describe(id, Origin::Bundled, String::new());
    Some(rules.into_iter().map(describe).collect())
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

/// A program with at least these rules. Its result is `{rule id: findings}` for the requested rules.
pub(super) fn program(
    group: &str,
    set: &PolicySet,
    rules: &[&RuleSource],
    budget: Budget,
) -> Result<Arc<Program>, Vec<Failure>> {
    let ready = if are_built(rules) { ready(group) } else { None };
    ready.map_or_else(|| compile(set, rules, budget), Ok)
}

/// The declarations to which these rules, or more, can apply.
pub(super) fn index(group: &str, set: &PolicySet, rules: &[&RuleSource]) -> Index {
    let ready = if are_built(rules) { read(&format!("{group}.index")) } else { None };
    ready.unwrap_or_else(|| index_of(set, rules))
}

/// In a checkout, the rules are read from disk.
fn are_built(rules: &[&RuleSource]) -> bool {
    rules.iter().all(|rule| rule.module.bundled) && Checkout::entered().is_none()
}

/// The program of all bundled rules of a group. Rules that are not requested cost nothing.
fn ready(group: &str) -> Option<Arc<Program>> {
    let bytes = PROGRAMS.get_file(format!("{group}.bin"))?.contents();
    let DeserializationResult::Complete(mut program) = Program::deserialize_binary(bytes).ok()? else { return None };
    program.initialize_resolved_builtins().ok()?;
    Some(Arc::new(program))
}

/// The conditions of rules, derived from their text.
pub(super) fn index_of(set: &PolicySet, rules: &[&RuleSource]) -> Index {
    let libraries = set.libraries.iter().map(|library| &library.file);
    let modules = libraries.chain(rules.iter().map(|rule| &rule.module.file));
    let ids = rules.iter().filter(|rule| matches!(rule.meta.scope, Scope::Kinds(_)));
    let ids = ids.map(|rule| (rule.meta.id.as_str(), package_path(rule.meta.id.group(), rule.meta.id.name())));
    derive(modules.map(|file| (file.path(), file.text())), ids)
}

/// When a rule is evaluated, as text.
pub fn conditions(set: &PolicySet, rule: &RuleSource) -> String {
    let id = &rule.meta.id;
    let Scope::Kinds(kinds) = &rule.meta.scope else {
        let what =
            if rule.meta.native { "by leaver itself, on every document" } else { "once, on the whole catalogue" };
        return format!("{id} is evaluated {what}\n");
    };
    let kinds = kinds.join(", ");
    let conditions = show(&index_of(set, &[rule]), id.as_str());
    let mut text = conditions.map_or_else(
        || format!("{id} is evaluated on every declaration of kind {kinds}: it has no condition that leaver can decide by itself\n"),
        |conditions| format!("{id} is evaluated on declarations of kind {kinds} where\n{conditions}"),
    );
    for (path, values) in &rule.meta.when {
        let values: Vec<String> = values.iter().map(ToString::to_string).collect();
        text.push_str(&format!("\nonly if `{path}` is {}, as `when` in its metadata says\n", values.join(" or ")));
    }
    text
}

pub(super) fn compile(set: &PolicySet, rules: &[&RuleSource], budget: Budget) -> Result<Arc<Program>, Vec<Failure>> {
    let libraries = set.libraries.iter().map(|library| (&library.file, None));
    let modules: Vec<_> = libraries.chain(rules.iter().map(|rule| (&rule.module.file, Some(&rule.meta.id)))).collect();
    let own = set.libraries.iter().map(|library| (library, None));
    let own =
        own.chain(rules.iter().map(|rule| (&rule.module, Some(&rule.meta.id)))).filter(|(module, _)| !module.bundled);
    for (Module { file, .. }, rule) in own {
        let syntax = Syntax::parse(file.path(), file.text());
        if let Some(fault) = syntax.ok().and_then(|syntax| unfit(file.path(), &syntax)) {
            return Err(vec![engine_failure(rule, &format!("`{}` does not compile", file.path()), &fault)]);
        }
    }
    let texts = modules.iter().map(|(file, _)| (file.path(), file.text()));
    let program = compile_program(texts, Some(budget.timer(1))).map_err(|error| {
        vec![match error.module.and_then(|at| modules.get(at)) {
            Some((file, rule)) => engine_failure(*rule, &format!("`{}` does not compile", file.path()), &error.reason),
            None => engine_failure(None, "the rules do not compile", &error.reason),
        }]
    })?;
    Ok(Arc::new(program))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `build.rs` uses another YAML parser for the metadata and forms the groups itself.
    #[test]
    fn what_the_build_script_made_is_what_leaver_would_make() {
        let set = PolicySet::bundled_by_text().expect("the bundled rules load");
        let by_text: Vec<RuleMeta> =
            set.rules.values().map(|rule| RuleMeta { page: String::new(), ..(*rule.meta).clone() }).collect();
        let built = described().expect("metadata");
        for (built, by_text) in built.iter().zip(&by_text) {
            assert_eq!(built, by_text);
        }
        assert_eq!(built.len(), by_text.len());
        let modules = set.libraries.iter().chain(set.rules.values().map(|rule| &rule.module));
        let kinds: BTreeMap<String, Option<BTreeSet<String>>> = modules
            .map(|module| {
                let syntax = Syntax::parse(module.file.path(), module.file.text()).expect("it parses");
                (module.file.path().to_owned(), crate::policy::syntax::kinds(&syntax))
            })
            .collect();
        assert_eq!(kinds_looked_up(), kinds);
        let groups = PROGRAMS.get_file("groups.json").expect("groups").contents();
        let groups: BTreeMap<String, usize> = serde_json::from_slice(groups).expect("groups");
        for group in crate::schema::KINDS.into_iter().chain([CATALOGUE]) {
            let rules = members(&set, group);
            assert_eq!(groups.get(group).copied().unwrap_or_default(), rules.len(), "{group}");
            if rules.is_empty() {
                continue;
            }
            let fresh = compile(&set, &rules, Budget::default()).expect("it compiles");
            let index = PROGRAMS.get_file(format!("{group}.index"));
            if let Some(index) = index {
                let derived = postcard::to_allocvec(&index_of(&set, &rules)).expect("it can be written");
                assert!(index.contents() == derived, "the index of {group}");
            }
            assert_eq!(index.is_none(), group == CATALOGUE);
            let mut fresh = Program::clone(&fresh);
            fresh.sources.clear();
            fresh.instruction_spans.clear();
            let built = PROGRAMS.get_file(format!("{group}.bin")).expect("a program").contents();
            assert!(fresh.serialize_binary().expect("it can be written") == built, "{group}");
        }
        assert!(ready("App").is_some() && ready(CATALOGUE).is_some() && ready("Nothing").is_none());
    }
}
