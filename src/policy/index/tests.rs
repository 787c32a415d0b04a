//! Tests that an index never hides a finding or an error, and that it excludes rules.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use camino::Utf8PathBuf;
use regorus::Value;

use super::*;
use crate::{
    files::Workspace,
    model::{Catalogue, Declaration},
    policy::{
        Budget, PolicySet,
        compiled::{derive_index, derive_sorted_index},
        engine::run_all_rules,
        interpret::{Interpreter, Task},
        load_folder, run_rules,
        value::from_node,
    },
    source::{SourceFile, YamlLimits, parse},
};

mod builtins;
mod collections;
mod cost;
mod precise;
mod random;
mod tree;

const HEAD: &str = "# METADATA\n# title: A rule of a test\n# description: It exists to be tried out.\n# custom:\n#   severity: warning\n#   precision: high\n#   status: stable\n#   since: 0.1.0\n#   scope: App\n#   fix: There is nothing to fix.\n#   params: {limit: {type: integer, default: 3, description: The limit of a test, unit: count, source: leaver}}\npackage policies.acme.x\n\n";
const FOUND: &str = "findings contains {\"path\": [], \"message\": \"m\"}";
const LIBRARY: &str = "package policies.lib.own\n\nalive if not input.spec.status == \"retired\"\n\ndefault tier := 3\n\ntier := input.spec.tier\n\nowned(stage) if input.spec.lifecycle[stage].owner != \"\"\n\nways := {\"scim\", \"hr\"}\n\nused contains how.via if some how in input.spec.lifecycle\n\nkind := \"low\" if input.spec.tier > 2\n\nelse := \"high\" if input.spec.tier\n\nelse := \"none\"\n";

/// Loads a user's rule with these conditions; `None` if it does not load.
fn load(body: &str) -> Option<PolicySet> {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    };
    write("acme/x/rule.rego", &format!("{HEAD}{body}\n"));
    write("lib/own.rego", LIBRARY);
    let root = Utf8PathBuf::from_path_buf(folder.path().to_owned()).expect("UTF-8");
    load_folder(&Workspace::default(), &root).ok()
}

fn set(body: &str) -> PolicySet {
    load(body).unwrap_or_else(|| panic!("{body} does not load"))
}

fn catalogue(specs: &[&str]) -> Catalogue {
    let declare = |spec: &&str| {
        let text = format!("kind: App\nmetadata: {{name: a, owner: t}}\nspec: {spec}\n");
        let file = Arc::new(SourceFile::new("a.yaml", text));
        let root = parse(&file, &YamlLimits::default()).documents.remove(0).root;
        Declaration {
            kind: "App".into(),
            name: "a".into(),
            file,
            document: 0,
            well_formed: true,
            root: Arc::new(root),
            inherited: None,
        }
    };
    Catalogue::new(specs.iter().map(declare).collect(), Vec::new())
}

fn data() -> Value {
    Value::from(serde_json::json!({"leaver": {
        "today": "2026-11-25", "params": {"acme/x": {"limit": 3, "names": ["a", "b"]}},
        "catalogue": {"Team": {"t": {"spec": {"members": ["ann"]}}}},
    }}))
}

/// Whether a rule may apply in the machine, and whether it may apply in the interpreter.
type MayApply = (bool, bool);

/// Returns for each spec whether the rule may apply. Panics if the index contradicts the machine or the interpreter.
fn query_index(body: &str, specs: &[&str]) -> Vec<MayApply> {
    let tried = try_index(body, specs, Duration::MAX).unwrap_or_else(|| panic!("{body} does not load"));
    let answers = tried.unwrap_or_else(|hidden| panic!("{hidden}"));
    assert!(answers.iter().all(|[tree, value]| tree == value), "{body}: by tree and by value {answers:?}");
    answers.into_iter().map(|[tree, _]| tree).collect()
}

/// Limits of a rule. The machine would evaluate some of the conditions endlessly, so `MACHINE_LIMITS` has a short time limit.
const LIMITS: Budget =
    Budget { rule: Duration::from_millis(500), total: Duration::from_secs(60), memory_mib: 600, findings: 100_000 };
const MACHINE_LIMITS: Budget = Budget { rule: Duration::from_millis(50), ..LIMITS };

/// Returns the results for both forms of each declaration: its tree and its value. The error is a finding that the index hides. Returns `None` if the
/// rule does not load, or if all evaluations together take longer than `patience`.
fn try_index(body: &str, specs: &[&str], patience: Duration) -> Option<Result<Vec<[MayApply; 2]>, String>> {
    let (set, data, all) = (load(body)?, data(), catalogue(specs));
    let rule = set.rules.values().next()?;
    let start = Instant::now();
    let in_time = || start.elapsed() < patience;
    let mut interpreter = Interpreter::new(set.modules(&[rule]), data.clone(), LIMITS, false).ok()?;
    let index = derive_index(&set, &[rule]);
    let sorted = derive_sorted_index(&set, &[rule]);
    let root = index.roots.get("acme/x").copied();
    let by_index = run_rules(&set, &all, &std::collections::BTreeSet::new(), &data, MACHINE_LIMITS, &|| {});
    let by_all = in_time().then(|| run_all_rules(&set, &all, &data, MACHINE_LIMITS)).filter(|_| in_time())?;
    let shown = |results: &crate::policy::RuleResults| format!("{:?}\n{:?}", results.verdicts, results.failures);
    if shown(&by_index) != shown(&by_all) {
        return Some(Err(format!("{body}\nby index: {}\nby all: {}", shown(&by_index), shown(&by_all))));
    }
    let mut ask = |declaration: &Declaration| {
        let input = from_node(&declaration.root);
        let found = interpreter.eval(&Task::from(rule), input.clone(), Some(0));
        let answers = |strict: bool| {
            let applicable = Applicable::new(if strict { &index } else { &sorted }, &data, strict);
            [applicable.may_apply(&declaration.root, [root]), applicable.may_apply_to_value(&input, [root])]
                .map(|may| may == [true])
        };
        let (loose, strict) = (answers(false), answers(true));
        if strict == [true, true] || found.as_ref().is_ok_and(Vec::is_empty) {
            return Ok([(loose[0], strict[0]), (loose[1], strict[1])]);
        }
        Err(format!("{body}\non {:?}: {found:?}", declaration.file.text()))
    };
    let mut answers = Vec::new();
    for declaration in all.own() {
        let answer = ask(declaration);
        if !in_time() {
            return None;
        }
        match answer {
            Ok(answer) => answers.push(answer),
            Err(hidden) => return Some(Err(hidden)),
        }
    }
    Some(Ok(answers))
}

const YES: MayApply = (true, true);
const NO: MayApply = (false, false);

#[test]
fn conditions_on_a_declaration_exclude_rules() {
    let specs =
        ["{}", "{status: retired}", "{tier: 2, lifecycle: {create: {via: scim, owner: it}}}", "{tier: 4, mode: jit}"];
    for (conditions, expected) in [
        ("input.spec.tier", [NO, NO, YES, YES]),
        ("not input.spec.tier", [YES, YES, NO, NO]),
        ("input.spec.tier == 2", [NO, NO, YES, NO]),
        ("input.spec.tier != 2", [NO, NO, NO, YES]),
        ("not input.spec.tier == 2", [YES, YES, NO, YES]),
        ("input.spec.tier > data.leaver.params[\"acme/x\"].limit", [NO, NO, NO, YES]),
        ("not input.spec.tier <= data.leaver.params[\"acme/x\"].limit", [YES, YES, NO, YES]),
        ("input.spec.mode in {\"jit\", \"hybrid\"}", [NO, NO, NO, YES]),
        ("not input.spec.mode in {\"jit\"}", [YES, YES, YES, NO]),
        ("input.spec.lifecycle.create.via in own.ways", [NO, NO, YES, NO]),
        ("own.alive", [YES, NO, YES, YES]),
        ("not own.alive", [NO, YES, NO, NO]),
        ("own.tier == 3", [YES, YES, NO, NO]),
        ("not own.tier == 3", [NO, NO, YES, YES]),
        ("own.owned(\"create\")", [NO, NO, YES, NO]),
        ("not own.owned(\"create\")", [YES, YES, NO, YES]),
        ("\"scim\" in own.used", [NO, NO, YES, NO]),
        ("not \"scim\" in own.used", [YES, YES, NO, YES]),
        ("count(own.used) == 0", [YES, YES, NO, YES]),
        ("count(own.used) > 0", [NO, NO, YES, NO]),
        ("own.kind == \"low\"", [NO, NO, NO, YES]),
        ("own.kind == \"high\"", [NO, NO, YES, NO]),
        ("own.kind == \"none\"", [YES, YES, NO, NO]),
        ("not own.kind == \"none\"", [NO, NO, YES, YES]),
        ("some stage, how in input.spec.lifecycle; how.via == \"scim\"", [NO, NO, YES, NO]),
        ("some how in input.spec.lifecycle; not how.owner", [NO; 4]),
        ("some [a, b] in [[input.spec.tier, input.spec.mode]]; a == 4; b == \"jit\"", [NO, NO, NO, YES]),
        ("count([stage | some stage, how in input.spec.lifecycle; how.via]) == 1", [NO, NO, YES, NO]),
        ("tier := input.spec.tier; tier in [1, 2]", [NO, NO, YES, NO]),
        ("data.leaver.catalogue.Team[input.metadata.owner]", [YES; 4]),
        ("not data.leaver.catalogue.Team[input.metadata.owner]", [NO; 4]),
    ] {
        let body = format!("import data.policies.lib.own\n\n{FOUND} if {{ {conditions} }}");
        assert_eq!(query_index(&body, &specs), expected, "{conditions}");
    }
    // Two bodies are alternatives.
    let body = format!("{FOUND} if input.spec.tier == 2\n\n{FOUND} if input.spec.mode == \"jit\"");
    assert_eq!(query_index(&body, &specs), [NO, NO, YES, YES]);
}

/// The syntax of these rules is easy to misinterpret. Each rule finds something in one of the specs, or fails there.
#[test]
fn misleading_syntax_never_excludes_a_rule() {
    let specs = ["{}", "{tier: 2}", "{tier: 2, list: [a], word: x}"];
    for body in [
        // `with` changes the input of the helper.
        "_is if input.spec.tier == 9\n\nFOUND if { _is with input.spec.tier as 9 }",
        "_is if data.leaver.params[\"acme/x\"].limit == 9\n\nFOUND if { _is with data.leaver.params[\"acme/x\"].limit as 9 }",
        // A name in a body shadows the import and the rule with that name.
        "import data.policies.lib.own\n\nFOUND if { own := {\"alive\": true}; own.alive }",
        "_tier := 9\n\nFOUND if { _tier := 2; _tier == input.spec.tier }",
        "_tier := 9\n\n_same(_tier) if _tier == input.spec.tier\n\nFOUND if _same(2)",
        "FOUND if { x := input.spec.tier; count([1 | some y in [9]; y == 9]) == 1; x == 2 }",
        "import input.spec as s\n\nFOUND if s.tier == 2",
        "import data.policies.lib.own as mine\n\nFOUND if mine.tier == 3",
        "import data.policies.lib.own.tier\n\nFOUND if tier == 2",
        // Names with several definitions, and values that are false or undefined.
        "default _on := true\n\n_on := false if input.spec.tier == 2\n\nFOUND if _on",
        "default _on := true\n\n_on := false if input.spec.tier == 2\n\nFOUND if not _on",
        "_on := false if input.spec.tier == 2\n\n_on := true if not input.spec.tier\n\nFOUND if not _on",
        "_kind := \"a\" if input.spec.tier\n\nelse := \"b\"\n\nFOUND if _kind == \"b\"",
        "_f(x) := \"a\" if x == 2\n\n_f(x) := \"b\" if x != 2\n\nFOUND if _f(input.spec.tier) == \"a\"",
        "_f(2) := true\n\nFOUND if _f(input.spec.tier)",
        "_f([a, 2]) if a == 1\n\nFOUND if _f([1, input.spec.tier])",
        "_f(x) if not x\n\nFOUND if not _f(input.spec.tier)",
        "_p[key] := value if some key, value in input.spec\n\nFOUND if _p.tier == 2",
        "_p.a := 1 if input.spec.tier\n\nFOUND if _p.a == 1",
        "_s contains \"a\" if input.spec.tier == 2\n\n_s contains \"b\"\n\nFOUND if not \"a\" in _s",
        "FOUND if { some x in [input.spec.list[0]]; x == \"a\" }",
        "FOUND if { false in [input.spec.tier == 9] }",
        "FOUND if { x := input.spec.tier == 9; x == false }",
        "FOUND if { x := \"a\" in input.spec.nothing; x == false }",
        "FOUND if { not false }",
        "findings contains {\"path\": [], \"message\": input.spec.word}",
        "findings contains {\"path\": [], \"message\": m} if some m in [input.spec.word, \"never\"]",
        "findings contains {\"path\": [], \"message\": input.spec.word} if { some x in [1, 2]; x > 0 }",
        "_s contains input.spec.word if { some x in [1, 2]; x > 0 }\n\nFOUND if { count(_s) > 0; input.spec.tier == 2 }",
        "_o[x] := input.spec.word if { some x in [1, 2] }\n\nFOUND if { count(_o) > 0; input.spec.tier == 2 }",
        // These rules fail in the interpreter, before or after a false condition.
        "FOUND if { to_number(\"x\"); input.spec.tier == 9 }",
        "FOUND if { input.spec.tier == 9; to_number(\"x\") }",
        "FOUND if { a := to_number(\"x\"); b := input.spec.tier; b == 9 }",
        "FOUND if { b := input.spec.tier; b == 9; a := to_number(\"x\") }",
        "FOUND if { some x in input.spec.word; x == input.spec.nothing }",
        "FOUND if { some x in input.spec.list; x == \"z\"; some y in input.spec.word }",
        "_v := 1 if input.spec.tier\n\n_v := 2 if input.spec.tier\n\nFOUND if { _v == 3; input.spec.nothing }",
        "_v := 1 if input.spec.tier\n\n_v := 2 if input.spec.tier\n\nFOUND if { input.spec.nothing; _v == 3 }",
        "_f(x) := to_number(x)\n\nFOUND if { _f(input.spec.word) == 1; input.spec.tier == 9 }",
        "_o := {key: 1 | some _, key in {\"a\": 1, \"b\": 1}}\n\nFOUND if { count(_o) > 5; input.spec.tier == 9 }",
        "FOUND if { count(input.spec.tier) > 5; input.spec.tier == 9 }",
    ] {
        query_index(&body.replace("FOUND", FOUND), &specs);
    }
}

/// If some items of a collection are unknown, a missing item proves nothing.
#[test]
fn missing_items_of_unknown_collections_prove_nothing() {
    let specs = ["{}", "{roles: {a: 1}}", "{roles: {a: 1, b: 2}, roles2: {a: 1}}", "{roles: [a], roles2: x}"];
    let keys = "object.keys(object.get(input.spec, \"roles2\", {}))";
    for body in [
        "_s contains \"a\" if some x in KEYS\n\nFOUND if not \"a\" in _s",
        "_s contains x if some x in KEYS\n\nFOUND if not \"a\" in _s",
        "_s := KEYS | object.keys(input.nothing)\n\nFOUND if count(_s) == 0",
        "_s := object.keys(object.get(input.spec, \"roles\", {})) | KEYS\n\nFOUND if count(_s) == 0",
        "_s := object.keys(object.get(input.spec, \"roles\", {})) & KEYS\n\nFOUND if count(_s) == 0",
        "FOUND if count(object.keys(input.metadata) - set()) > 1",
        "FOUND if count(object.keys(input.metadata) - set()) == 2",
        "_f(list) if count(list) == 0\n\nFOUND if _f([1 | some x in KEYS])",
        "_f(list) if count(list) > 1\n\nFOUND if _f([1 | some x in object.keys(input.metadata)])",
        "_o[x] := 1 if some x in KEYS\n\nFOUND if not _o.a",
        "FOUND if min({x | some x in object.keys(input.metadata)}) == \"name\"",
        "FOUND if not 1 in ({1} | {x | some x in input.spec.nothing})",
        "FOUND if not \"name\" in object.keys(input.nothing)",
        "FOUND if not 1 in (object.keys(input.spec.nothing) | {1})",
        "FOUND if { x := {1} | object.keys(input.spec.roles); not 1 in x }",
        "FOUND if not object.get(input.spec, \"roles\", input.spec[input.spec.roles.b])",
        "FOUND if not object.get(input.metadata, \"name\", input.spec.roles[true])",
        "FOUND if not is_string(sprintf(\"%v\", [KEYS[0]]))",
        "FOUND if not (input.spec.roles[true] in []) == false",
        "FOUND if not (1 in object.keys(input.nothing)) == true",
        "_f(x) := 1\n\nFOUND if not _f(input.spec.roles[true])",
        "_f(x) := true\n\nFOUND if not _f(input.spec.roles[input.spec])",
        "_o.a := lower(input.spec.nothing) if { some x in [1]; x == 1 }\n\nFOUND if input.spec.nothing in _o",
        "_o[x] := lower(input.spec.nothing) if { some x in [1, 2] }\n\nFOUND if input.spec.nothing in _o",
        "_o[x] := lower(input.spec.nothing) if { some x in [1, 2] }\n\nFOUND if { not (input.spec.nothing in _o) == true }",
        "FOUND if input.spec.nothing in [lower(input.spec.nothing) | some x in [1]]",
        "FOUND if input.spec.nothing in {x: lower(input.spec.nothing) | some x in [1]}",
        "FOUND if { x := input.spec.nothing; not x == 1 }",
        "FOUND if { x := input.spec.roles; not x.b }",
        "FOUND if { _ := input.spec.nothing; not input.spec.roles }",
        "FOUND if not is_string(sprintf(\"%s\", [input.metadata.name]))",
        "FOUND if not sprintf(\"m\", [object.get(input.metadata, \"name\", \"\"), input.spec.nothing])",
        "FOUND if is_string(sprintf(\"%s\", [input.metadata.name]))",
        "FOUND if count({{1, 2}, {2, 1}}) == 1",
        "FOUND if { some v in {\"a\": 1, \"a\": input.spec.roles2.a}; v == 1 }",
        "FOUND if { x := {\"a\": input.spec.roles.a, \"a\": 2}; x.a == 2 }",
        "FOUND if { x := {\"a\": input.spec.roles.a, \"b\": 2}; x.a == 1 }",
    ] {
        query_index(&body.replace("FOUND", FOUND).replace("KEYS", keys), &specs);
    }
}

/// A comprehension may be evaluated again during its iteration.
#[test]
fn comprehensions_evaluated_twice_give_the_same_items() {
    let pairs = "pairs := {[a, b] | some a in [1, 2]; some b in [1, input.spec.tier]}";
    for conditions in [
        "some [p, q] in pairs; count(pairs) > 0; p == 2; q == 2",
        "some [p, q] in pairs; count(pairs) > 0; not p == 1; not q == 1",
        "some [p, q] in pairs; [1, 1] in pairs; p == 2; q == 2",
        "some [p, q] in pairs; some [r, s] in pairs; p == 2; q == 2; r == 1; s == 1",
        "count({p | some [p, q] in pairs; some r in pairs; p == 2; q == 2}) == 1",
    ] {
        let body = format!("{FOUND} if {{ {pairs}; {conditions} }}");
        assert_eq!(query_index(&body, &["{tier: 2}"]), [YES], "{conditions}");
    }
}

/// If a condition of a user's rule may fail, the index must not exclude the rule, wherever the condition is.
#[test]
fn rules_that_may_fail_are_not_excluded() {
    let specs = ["{nonHuman: [{name: a}, {name: b}], mode: x}", "{nonHuman: [{name: a}, {name: b}]}"];
    for body in [
        "_v := x if { some n; x := input.spec.nonHuman[n].name }\n\nFOUND if { _v == \"q\"; input.spec.mode }",
        "_v := x if { x := input.spec.nonHuman[_].name }\n\nFOUND if { _v == \"q\"; input.spec.mode }",
        "_v := input.spec.nonHuman[_].name\n\nFOUND if { _v == \"q\"; input.spec.nothing }",
        "_f(x) := x.nonHuman[_].name\n\nFOUND if { _f(input.spec) == \"q\"; input.spec.nothing }",
        "_f(x) := y if { some n; y := x[n].name }\n\nFOUND if { _f(input.spec.nonHuman) == \"q\"; input.spec.nothing }",
        "FOUND if { a := to_number(input.spec.mode); input.spec.nothing }",
        "FOUND if { a := {\"k\": to_number(input.spec.mode)}; not input.spec.nonHuman }",
        "FOUND if { some a in [to_number(input.spec.mode)]; input.spec.nothing }",
        "FOUND if { some a in input.spec.mode; input.spec.nothing }",
        "FOUND if { some a, b in input.spec.mode; not input.spec.nonHuman }",
        "FOUND if { [a, b] := input.spec.nonHuman[0]; input.spec.nothing }",
        "_v if { some x in [1, 2]; _f(x) }\n\n_f(1) := true\n\n_f(2) if { some y in input.spec.mode }\n\nFOUND if { _v; input.spec.nothing }",
        "_v if count([1 | some x in [1, 2]; _f(x)]) > 0\n\n_f(1) := true\n\n_f(2) if { some y in input.spec.mode }\n\nFOUND if { _v; input.spec.nothing }",
    ] {
        query_index(&body.replace("FOUND", FOUND), &specs);
    }
}

#[test]
fn an_index_is_shown_as_text() {
    let set = set(&format!(
        "import data.policies.lib.own\n\n{FOUND} if {{\n\town.alive\n\tinput.spec.mode in {{\"jit\", \"hybrid\"}}\n\tnot own.owned(\"update\")\n}}"
    ));
    let rule = set.rules.values().next().expect("a rule");
    assert_eq!(
        crate::policy::conditions(&set, rule),
        "acme/x is evaluated on declarations of kind App where\n  own.alive\n  input.spec.mode in {\"jit\", \"hybrid\"}\n  not own.owned(\"update\")\n\nown.alive if\n  not input.spec.status == \"retired\"\n\nown.owned(stage) if\n  input.spec.lifecycle[stage].owner != \"\"\n"
    );
}
