//! Provides the programs for the virtual machine. `build.rs` compiles the bundled rules, because compiling would take most of the time of a small
//! run. Other rules are compiled on demand.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use include_dir::{Dir, include_dir};
use regorus::rvm::program::{DeserializationResult, Program};

use super::{
    engine::{Budget, engine_failure},
    index::{Index, derive, show, sort},
    interpret::rejection,
    load::meta::Annotation,
    load::{Module, PolicySet, RuleSource},
    program::{compile_program, package_path, rules_in_each},
    syntax::Syntax,
};
use crate::{
    files::Checkout,
    report::Failure,
    rule::{Origin, RuleId, RuleMeta, Scope},
};

static PROGRAMS: Dir<'_> = include_dir!("$OUT_DIR/programs");
/// The group of rules on the whole catalogue; every other group is named after a kind.
pub(super) const CATALOGUE: &str = "catalogue";

/// Reads a file that `build.rs` wrote. Reading this binary format takes a fifth of the time of reading JSON.
fn read_built<T: serde::Deserialize<'static>>(name: &str) -> Option<T> {
    postcard::from_bytes(PROGRAMS.get_file(name)?.contents()).ok()
}

/// Maps the path of each bundled rule and library to the kinds that the module looks up. `None` means any kind.
pub(super) fn built_kinds() -> BTreeMap<String, Option<BTreeSet<String>>> {
    read_built("kinds").unwrap_or_default()
}

/// The metadata of the bundled rules.
pub(super) fn built_metadata() -> Option<Vec<RuleMeta>> {
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

/// Rules with the same input, as one or more programs. The result of a program is `{rule id: findings}` for the requested rules.
pub(super) struct Programs {
    programs: Vec<LazyProgram>,
    /// For each rule, the position of its program.
    rules: BTreeMap<RuleId, usize>,
}

/// A program. The file of a program from the build is read when one of its rules is first evaluated. For a small catalogue, often no file is read.
struct LazyProgram {
    /// The file of the program; `None` if the program was compiled in this process.
    stored: Option<String>,
    program: OnceLock<Option<Arc<Program>>>,
}

impl Programs {
    /// The number of programs. Positions in [`Programs::of`] and [`Programs::get`] start at 0.
    pub(super) fn len(&self) -> usize {
        self.programs.len()
    }

    /// The program at a position. `None` if its file is damaged; a test reads every file.
    pub(super) fn get(&self, at: usize) -> Option<&Arc<Program>> {
        let LazyProgram { stored, program } = self.programs.get(at)?;
        program.get_or_init(|| stored.as_deref().and_then(read_program).map(Arc::new)).as_ref()
    }

    /// The position of a rule's program.
    pub(super) fn of(&self, rule: &RuleId) -> Option<usize> {
        self.rules.get(rule).copied()
    }

    fn push(&mut self, program: LazyProgram, rules: impl IntoIterator<Item = RuleId>) {
        self.rules.extend(rules.into_iter().map(|rule| (rule, self.programs.len())));
        self.programs.push(program);
    }
}

/// Caches the data that the build wrote for each group, because `diff` and `--since` need this data twice.
struct GroupCache<T>(Mutex<BTreeMap<String, Option<Arc<T>>>>);

impl<T> GroupCache<T> {
    const fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }

    fn get(&self, group: &str, read: impl FnOnce() -> Option<T>) -> Option<Arc<T>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept.get(group) {
            return known.clone();
        }
        // Other threads may read other groups at the same time.
        drop(kept);
        let new = read().map(Arc::new);
        kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.entry(group.to_owned()).or_insert(new).clone()
    }
}

/// Programs with at least these rules.
pub(super) fn programs(
    group: &str,
    set: &PolicySet,
    rules: &[&RuleSource],
    budget: Budget,
) -> Result<Arc<Programs>, Vec<Failure>> {
    static BUILT: GroupCache<Programs> = GroupCache::new();
    let built = if are_from_build(rules) { BUILT.get(group, || built_programs(group)) } else { None };
    built.map_or_else(|| compile(set, rules, budget).map(Arc::new), Ok)
}

/// An index of at least these rules.
pub(super) fn index(group: &str, set: &PolicySet, rules: &[&RuleSource]) -> Arc<Index> {
    static BUILT: GroupCache<Index> = GroupCache::new();
    let read = || read_built(&format!("{group}.index"));
    let built = if are_from_build(rules) { BUILT.get(group, read) } else { None };
    built.unwrap_or_else(|| Arc::new(derive_sorted_index(set, rules)))
}

/// Whether `build.rs` compiled these rules. In a checkout, rules are read from disk instead.
fn are_from_build(rules: &[&RuleSource]) -> bool {
    rules.iter().all(|rule| rule.module.bundled) && Checkout::entered().is_none()
}

/// The programs of a group from the build.
fn built_programs(group: &str) -> Option<Programs> {
    let mut programs = Programs { programs: Vec::new(), rules: BTreeMap::new() };
    for (part, ids) in read_built::<Vec<Vec<RuleId>>>(&format!("{group}.rules"))?.into_iter().enumerate() {
        let stored = format!("{group}.{part}.bin");
        PROGRAMS.get_file(&stored)?;
        programs.push(LazyProgram { stored: Some(stored), program: OnceLock::new() }, ids);
    }
    Some(programs)
}

fn read_program(stored: &str) -> Option<Program> {
    let bytes = PROGRAMS.get_file(stored)?.contents();
    let DeserializationResult::Complete(mut program) = Program::deserialize_binary(bytes).ok()? else { return None };
    program.initialize_resolved_builtins().ok()?;
    Some(program)
}

/// The conditions of rules, derived from their text.
pub(super) fn derive_index(set: &PolicySet, rules: &[&RuleSource]) -> Index {
    let libraries = set.libraries.iter().map(|library| &library.file);
    let modules = libraries.chain(rules.iter().map(|rule| &rule.module.file));
    let ids = rules.iter().filter(|rule| matches!(rule.meta.scope, Scope::Kinds(_)));
    let ids = ids.map(|rule| (rule.meta.id.as_str(), package_path(rule.meta.id.group(), rule.meta.id.name())));
    derive(modules.map(|file| (file.path(), file.text())), ids)
}

/// Like [`derive_index`], but for the virtual machine: cheap conditions come first.
pub(super) fn derive_sorted_index(set: &PolicySet, rules: &[&RuleSource]) -> Index {
    let mut index = derive_index(set, rules);
    sort(&mut index);
    index
}

/// The conditions under which a rule is evaluated, as text.
pub fn conditions(set: &PolicySet, rule: &RuleSource) -> String {
    let id = &rule.meta.id;
    let Scope::Kinds(kinds) = &rule.meta.scope else {
        let what =
            if rule.meta.native { "by leaver itself, on every document" } else { "once, on the whole catalogue" };
        return format!("{id} is evaluated {what}\n");
    };
    let kinds = kinds.join(", ");
    let conditions = show(&derive_index(set, &[rule]), id.as_str());
    let mut text = conditions.map_or_else(
        || format!("{id} is evaluated on every declaration of kind {kinds}: it has no condition that leaver can evaluate without the engine\n"),
        |conditions| format!("{id} is evaluated on declarations of kind {kinds} where\n{conditions}"),
    );
    for (path, values) in &rule.meta.when {
        let values: Vec<String> = values.iter().map(ToString::to_string).collect();
        text.push_str(&format!("\nonly if `{path}` is {}, because of `when` in its metadata\n", values.join(" or ")));
    }
    text
}

/// Compiles rules on demand.
pub(super) fn compile(set: &PolicySet, rules: &[&RuleSource], budget: Budget) -> Result<Programs, Vec<Failure>> {
    let mut programs = Programs { programs: Vec::new(), rules: BTreeMap::new() };
    for rules in rules.chunks(rules_in_each(rules.len())) {
        let program = OnceLock::from(Some(Arc::new(compile_part(set, rules, budget)?)));
        programs.push(LazyProgram { stored: None, program }, rules.iter().map(|rule| rule.meta.id.clone()));
    }
    Ok(programs)
}

fn compile_part(set: &PolicySet, rules: &[&RuleSource], budget: Budget) -> Result<Program, Vec<Failure>> {
    let libraries = set.libraries.iter().map(|library| (&library.file, None));
    let modules: Vec<_> = libraries.chain(rules.iter().map(|rule| (&rule.module.file, Some(&rule.meta.id)))).collect();
    let own = set.libraries.iter().map(|library| (library, None));
    let own =
        own.chain(rules.iter().map(|rule| (&rule.module, Some(&rule.meta.id)))).filter(|(module, _)| !module.bundled);
    for (Module { file, .. }, rule) in own {
        let syntax = Syntax::parse(file.path(), file.text());
        if let Some(fault) = syntax.ok().and_then(|syntax| rejection(file.path(), &syntax)) {
            return Err(vec![engine_failure(rule, &format!("`{}` does not compile", file.path()), &fault)]);
        }
    }
    let texts = modules.iter().map(|(file, _)| (file.path(), file.text()));
    compile_program(texts, Some(budget.timer(1))).map_err(|error| {
        vec![match error.module.and_then(|at| modules.get(at)) {
            Some((file, rule)) => engine_failure(*rule, &format!("`{}` does not compile", file.path()), &error.reason),
            None => engine_failure(None, "the rules do not compile", &error.reason),
        }]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{policy::program::package_of, source::SourceFile};

    /// `build.rs` has its own code for parsing metadata and grouping rules, so its output is compared with the sources.
    #[test]
    fn build_output_matches_the_sources() {
        let set = PolicySet::bundled_from_text().expect("the bundled rules load");
        let by_text: Vec<RuleMeta> =
            set.rules.values().map(|rule| RuleMeta { page: String::new(), ..(*rule.meta).clone() }).collect();
        let built = built_metadata().expect("metadata");
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
        assert_eq!(built_kinds(), kinds);
        for group in crate::model::KINDS.into_iter().chain([CATALOGUE]) {
            let rules = members(&set, group);
            if rules.is_empty() {
                assert!(PROGRAMS.get_file(format!("{group}.rules")).is_none(), "{group}");
                continue;
            }
            let fresh = compile(&set, &rules, Budget::default()).expect("it compiles");
            let index = PROGRAMS.get_file(format!("{group}.index"));
            if let Some(index) = index {
                let derived = postcard::to_allocvec(&derive_sorted_index(&set, &rules)).expect("it can be written");
                assert!(index.contents() == derived, "the index of {group}");
            }
            assert_eq!(index.is_none(), group == CATALOGUE);
            let ids = read_built::<Vec<Vec<RuleId>>>(&format!("{group}.rules")).expect("the rules of each program");
            assert_eq!(ids.len(), fresh.len(), "{group}");
            let read = built_programs(group).expect("programs");
            assert!(rules.iter().all(|rule| read.of(&rule.meta.id).is_some()), "{group}");
            for (part, ids) in ids.into_iter().enumerate() {
                let mut fresh = Program::clone(fresh.get(part).expect("a program"));
                assert!(read.get(part).is_some(), "{group}.{part}");
                fresh.sources.clear();
                fresh.instruction_spans.clear();
                let built = PROGRAMS.get_file(format!("{group}.{part}.bin")).expect("a program").contents();
                assert!(fresh.serialize_binary().expect("it can be written") == built, "{group}.{part}");
                assert!(ids.iter().all(|id| rules.iter().any(|rule| rule.meta.id == *id)), "{group}.{part}");
            }
        }
        assert!(built_programs("Nothing").is_none());
    }

    /// The engine takes at most 256 modules in a program.
    #[test]
    fn rules_with_the_same_input_are_split_into_programs() {
        let set = PolicySet::bundled_from_text().expect("the bundled rules load");
        let app = members(&set, "App");
        let rule = *app.first().expect("a rule");
        let many: Vec<RuleSource> = (0..600)
            .map(|number| {
                let mut copy = rule.clone();
                let name = format!("copy-{number}");
                let text = copy
                    .module
                    .file
                    .text()
                    .replace(&package_of(rule.meta.id.group(), rule.meta.id.name()), &package_of("copies", &name));
                copy.module.file = Arc::new(SourceFile::new(format!("policies/copies/{name}/rule.rego"), text));
                Arc::make_mut(&mut copy.meta).id = format!("copies/{name}").parse().expect("an id");
                copy
            })
            .collect();
        let many: Vec<&RuleSource> = many.iter().collect();
        let programs = compile(&set, &many, Budget::default()).map_err(|failures| failures.len()).expect("it compiles");
        assert_eq!(programs.len(), 4);
        assert!(many.iter().all(|rule| programs.of(&rule.meta.id).is_some()));
        for count in 0..2_000 {
            let each = rules_in_each(count);
            assert!(each <= 150 && each * count.div_ceil(each) >= count, "{count}");
        }
    }
}
