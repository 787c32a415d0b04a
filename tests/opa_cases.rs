//! Runs OPA's conformance cases with the engine as leaver configures it: Rego v1, strict errors, no builtins with side effects. The cases are too
//! many to include here, so the test runs only if `LEAVER_OPA_CASES` names a folder with the cases. The folder may be `v1/test/cases/testdata/v1` in
//! a checkout of OPA (YAML), or contain the cases as the project of another engine converted them (JSON).

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use regorus::{Engine, Value};
use serde_json::Value as Json;

/// The outcome of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// Same result as OPA.
    Same,
    /// An error as in OPA, with any wording.
    SameError,
    /// The case uses a builtin that is not compiled into leaver.
    Absent,
    /// An error that OPA ignores unless it runs in strict mode. leaver never ignores an error.
    Stricter,
    /// The engine panics. If a user's rule causes a panic, the worker ends, and the failure names the rule.
    Panics,
    /// An error where OPA has a result.
    Error,
    /// A result where OPA has an error.
    Laxer,
    /// A different result.
    Differs,
}

/// The folders with the cases of builtins and language features that leaver's own rules use. A difference in one of these folders would affect
/// leaver.
const USED: [&str; 24] = [
    "aggregates",
    "array",
    "casts",
    "comparisonexpr",
    "comprehensions",
    "every",
    "functions",
    "intersection",
    "jsonbuiltins",
    "negation",
    "numbersrange",
    "objectget",
    "objectkeys",
    "objectunion",
    "objectunionn",
    "partialsetdoc",
    "regexfind",
    "regexmatch",
    "regexreplace",
    "sets",
    "sprintf",
    "strings",
    "trimspace",
    "typebuiltin",
];

/// The known cases in which the engine differs from OPA, in features that leaver's rules use. docs/robustness.md has the reasons.
const KNOWN: &str = include_str!("opa_cases.txt");

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.expect("an entry").into_path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml" || extension == "json"))
        .collect();
    all.sort();
    all
}

fn cases(path: &Path) -> Vec<Json> {
    let text = std::fs::read_to_string(path).expect("text");
    let file: Json = if path.extension().is_some_and(|extension| extension == "json") {
        serde_json::from_str(&text).expect("JSON")
    } else {
        serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    file["cases"].as_array().cloned().unwrap_or_default()
}

/// The results of the query of a case. Each result is an object of bindings.
fn run(case: &Json, strict: bool) -> Result<Vec<Json>, String> {
    let mut engine = Engine::new();
    engine.set_rego_v0(false);
    engine.set_strict_builtin_errors(strict);
    engine.set_gather_prints(true);
    if case["data"].is_object() {
        engine.add_data(Value::from(case["data"].clone())).map_err(|error| error.to_string())?;
    }
    if let Some(term) = case["input_term"].as_str() {
        let found = engine.eval_query(term.to_owned(), false).map_err(|error| error.to_string())?;
        let value = found.result.last().and_then(|result| result.expressions.last()).ok_or("no input")?.value.clone();
        engine.set_input(value);
    } else if !case["input"].is_null() {
        engine.set_input(Value::from(case["input"].clone()));
    }
    for (nth, module) in case["modules"].as_array().into_iter().flatten().enumerate() {
        engine
            .add_policy(format!("{nth}.rego"), module.as_str().unwrap_or_default().to_owned())
            .map_err(|error| error.to_string())?;
    }
    let results = engine
        .eval_query(case["query"].as_str().unwrap_or_default().to_owned(), false)
        .map_err(|error| error.to_string())?;
    results
        .result
        .iter()
        .map(|result| {
            let bindings = serde_json::to_value(&result.bindings).map_err(|error| error.to_string())?;
            let no_bindings = bindings.as_object().is_none_or(serde_json::Map::is_empty);
            let undefined = result.expressions.iter().any(|expression| expression.value == Value::Undefined);
            Ok((!(no_bindings && undefined)).then_some(bindings))
        })
        .filter_map(Result::transpose)
        .collect()
}

/// Returns the value in the form that is compared: numbers as floating-point numbers, and lists sorted if their order has no meaning (`sort`).
fn plain(value: &Json, sort: bool) -> Json {
    match value {
        Json::Number(number) => number.as_f64().map_or(Json::Null, Json::from),
        Json::Array(items) => {
            let mut items: Vec<Json> = items.iter().map(|item| plain(item, sort)).collect();
            if sort {
                items.sort_by_key(ToString::to_string);
            }
            Json::Array(items)
        }
        Json::Object(map) => {
            let sorted: BTreeMap<&String, Json> = map.iter().map(|(key, value)| (key, plain(value, sort))).collect();
            sorted.into_iter().map(|(key, value)| (key.clone(), value)).collect()
        }
        other => other.clone(),
    }
}

fn are_equal(want: &[Json], found: &[Json], sort: bool) -> bool {
    let all = |values: &[Json]| {
        let mut all: Vec<String> = values.iter().map(|value| plain(value, sort).to_string()).collect();
        all.sort();
        all
    };
    all(want) == all(found)
}

/// Whether a module calls a builtin that the engine lacks. If the result is assigned to the last argument of such a call, the engine reports an
/// unbound variable instead of a missing function.
fn calls_missing_builtin(case: &Json, known: &mut BTreeMap<String, bool>) -> bool {
    let modules: Vec<&str> = case["modules"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    modules.iter().any(|module| {
        module.match_indices('(').any(|(at, _)| {
            let head = &module[..at];
            let name = &head[head.trim_end_matches(word).len()..];
            let own = name.is_empty()
                || name.starts_with("data.")
                || modules.iter().any(|module| module.contains(&format!("\n{name}(")));
            !own && !*known.entry(name.to_owned()).or_insert_with(|| {
                let mut engine = Engine::new();
                let added = engine.add_policy("x.rego".into(), format!("package x\n\nx := {name}()\n"));
                let found = added.and_then(|_| engine.eval_rule("data.x.x".into()));
                found.err().is_none_or(|error| !error.to_string().contains("could not find function"))
            })
        })
    })
}

fn outcome(case: &Json, known: &mut BTreeMap<String, bool>) -> (Outcome, String) {
    let fails = case["want_error"].is_string() || case["want_error_code"].is_string();
    let want = case["want_result"].as_array().cloned().unwrap_or_default();
    let sort = case["sort_bindings"] == true;
    let Ok(result) = std::panic::catch_unwind(|| run(case, true)) else { return (Outcome::Panics, String::new()) };
    match result {
        Err(error) if error.contains("could not find function") => (Outcome::Absent, error),
        Err(_) if fails => (Outcome::SameError, String::new()),
        Err(error) => match run(case, false) {
            Ok(found) if are_equal(&want, &found, sort) => (Outcome::Stricter, error),
            _ if calls_missing_builtin(case, known) => (Outcome::Absent, error),
            _ => (Outcome::Error, error),
        },
        Ok(found) if fails => (Outcome::Laxer, Json::from(found).to_string()),
        Ok(found) if are_equal(&want, &found, sort) => (Outcome::Same, String::new()),
        Ok(found) => (Outcome::Differs, format!("{}, OPA: {}", Json::from(found), Json::from(want))),
    }
}

#[test]
fn the_engine_agrees_with_opa_in_features_that_rules_use() {
    let Some(folder) = std::env::var_os("LEAVER_OPA_CASES").map(PathBuf::from) else {
        eprintln!("not run: LEAVER_OPA_CASES does not name a folder with OPA's conformance cases");
        return;
    };
    let mut counts: BTreeMap<Outcome, usize> = BTreeMap::new();
    let mut ours: BTreeMap<Outcome, usize> = BTreeMap::new();
    let mut unknown = Vec::new();
    let mut known = BTreeMap::new();
    for path in files(&folder) {
        let group = path.strip_prefix(&folder).ok().and_then(|path| path.components().next());
        let group = group.map(|part| part.as_os_str().to_string_lossy().into_owned()).unwrap_or_default();
        for case in cases(&path) {
            let note = case["note"].as_str().unwrap_or_default().to_owned();
            let (outcome, detail) = outcome(&case, &mut known);
            *counts.entry(outcome).or_default() += 1;
            let used = USED.contains(&group.as_str());
            if used {
                *ours.entry(outcome).or_default() += 1;
            }
            let wrong = matches!(outcome, Outcome::Panics | Outcome::Error | Outcome::Laxer | Outcome::Differs);
            if wrong {
                let detail: String = detail.replace('\n', " ").chars().take(300).collect();
                println!("{group}\t{outcome:?}\t{note}\t{detail}");
            }
            if wrong && used && !KNOWN.lines().any(|line| line == note) {
                unknown.push(note);
            }
        }
    }
    println!("all: {counts:?}\nof what leaver's rules use: {ours:?}");
    assert!(counts.values().sum::<usize>() > 500, "these are not OPA's cases: {counts:?}");
    assert!(unknown.is_empty(), "new differences: {unknown:#?}");
}
