//! Compiles the bundled rules to programs for the virtual machine and reads their metadata. In a small run, these steps would take most of the time.
//! The results are not in git: otherwise, two changes that each add a rule would conflict.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use serde_json::Value;

#[path = "src/policy/program.rs"]
#[allow(dead_code, reason = "only leaver uses the other items")]
mod program;
#[path = "src/policy/syntax.rs"]
#[allow(dead_code, reason = "only leaver uses the other items")]
mod syntax;

/// The part of `src/policy/index` that derives conditions. The rest of that module evaluates the conditions.
#[allow(dead_code, reason = "only leaver uses the other items")]
#[path = "src/policy"]
mod policy {
    pub(crate) mod index {
        pub(crate) mod derive;
        pub(crate) mod model;
        mod names;
    }
}

/// The part of `src/facts` that generates `data/vendors`.
#[allow(dead_code, unreachable_pub, reason = "only leaver uses the other items")]
#[path = "src/facts"]
mod facts {
    mod contradictions;
    pub(crate) mod generate;
    mod hosts;
    mod rows;
    mod spelling;
    use spelling::without_separators;
}

use policy::index::derive::{derive, order::sort};
use program::{compile_program, package_path, rules_in_each};

/// A Rego file: relative path and text.
type Module = (String, String);

/// A bundled rule.
struct Rule {
    /// `group/name`.
    id: String,
    module: Module,
    /// The `# METADATA` block.
    metadata: Value,
}

fn main() -> ExitCode {
    // The binary includes whole folders, and `include_dir!` does not notice new files.
    for path in [
        "build.rs",
        "policies",
        "data",
        "schemas",
        "src/policy/program.rs",
        "src/policy/syntax.rs",
        "src/policy/index",
        "src/facts",
    ] {
        println!("cargo::rerun-if-changed={path}");
    }
    match check_facts().and_then(|()| write_programs()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            fault.lines().for_each(|line| println!("cargo::error={line}"));
            ExitCode::FAILURE
        }
    }
}

/// Refuses facts that contradict each other, dates in the future, sources without an address and names that two products share. Packages do not
/// contain `data/sources`: the facts were checked before packaging.
fn check_facts() -> Result<(), String> {
    let folder = Path::new("data/sources");
    let mut tables = BTreeMap::new();
    let fault = |error: std::io::Error| format!("{}: {error}", folder.display());
    if !folder.try_exists().map_err(fault)? {
        return Ok(());
    }
    for entry in folder.read_dir().map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        if path.extension().is_some_and(|extension| extension == "csv") {
            let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            tables.insert(path.file_name().unwrap_or_default().to_string_lossy().into_owned(), text);
        }
    }
    facts::generate::generate(&tables).map(drop).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        lines.join("\n")
    })
}

fn write_programs() -> Result<(), String> {
    let folder = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?).join("programs");
    // Remove the programs of kinds that no longer have a rule.
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, bytes).map_err(|error| format!("{}: {error}", path.display()))
    };
    let (mut modules, mut rules, mut libraries) = (Vec::new(), Vec::new(), Vec::new());
    collect(Path::new("policies"), &mut modules)?;
    modules.sort();
    for (path, text) in modules {
        let rule = path.strip_prefix("policies/").and_then(|path| path.strip_suffix("/rule.rego")).map(str::to_owned);
        match rule {
            Some(id) => {
                let metadata = metadata(&text).map_err(|reason| format!("{path}: {reason}"))?;
                rules.push(Rule { id, module: (path, text), metadata });
            }
            None => libraries.push((path, text)),
        }
    }
    // Sort by id, like leaver. An order by path would swap `a-b/…` and `a/…`.
    rules.sort_by(|one: &Rule, other| one.id.cmp(&other.id));
    let mut groups: BTreeMap<&str, Vec<&Rule>> = BTreeMap::new();
    for rule in &rules {
        let scope = &rule.metadata["custom"]["scope"];
        let several = scope.as_array().map(Vec::as_slice).unwrap_or_default();
        for group in several.iter().chain([scope]).filter_map(Value::as_str).filter(|group| *group != "document") {
            groups.entry(group).or_default().push(rule);
        }
    }
    for (group, members) in &groups {
        let modules = |rules: &[&Rule]| -> Vec<Module> {
            libraries.iter().chain(rules.iter().map(|rule| &rule.module)).cloned().collect()
        };
        let ids = members.iter().map(|rule| {
            let (group, name) = rule.id.split_once('/').unwrap_or((&rule.id, ""));
            (rule.id.as_str(), package_path(group, name))
        });
        if *group != "catalogue" {
            let all = modules(members);
            let texts = all.iter().map(|(path, text)| (path.as_str(), text.as_str()));
            let mut index = derive(texts, ids);
            sort(&mut index);
            let index = postcard::to_allocvec(&index).map_err(|error| error.to_string())?;
            write(&format!("{group}.index"), &index)?;
        }
        let parts: Vec<&[&Rule]> = members.chunks(rules_in_each(members.len())).collect();
        for (part, rules) in parts.iter().enumerate() {
            let modules = modules(rules);
            let texts = modules.iter().map(|(path, text)| (path.as_str(), text.as_str()));
            let mut program = compile_program(texts, None).map_err(|error| {
                let at = error.module.and_then(|at| modules.get(at)).map_or("policies", |(path, _)| path);
                format!("{at}: {}", error.reason)
            })?;
            // Sources and locations are only for debugging.
            program.sources.clear();
            program.instruction_spans.clear();
            let bytes = program.serialize_binary().map_err(|error| format!("a program of {group}: {error}"))?;
            write(&format!("{group}.{part}.bin"), &bytes)?;
        }
        let ids: Vec<Vec<&str>> =
            parts.iter().map(|rules| rules.iter().map(|rule| rule.id.as_str()).collect()).collect();
        write(&format!("{group}.rules"), &postcard::to_allocvec(&ids).map_err(|error| error.to_string())?)?;
    }
    let mut kinds = BTreeMap::new();
    for (path, text) in libraries.iter().chain(rules.iter().map(|rule| &rule.module)) {
        let syntax = syntax::Syntax::parse(path, text).map_err(|reason| format!("{path}: {reason}"))?;
        kinds.insert(path, syntax::kinds(&syntax));
    }
    write("kinds", &postcard::to_allocvec(&kinds).map_err(|error| error.to_string())?)?;
    let metadata: BTreeMap<&str, &Value> = rules.iter().map(|rule| (rule.id.as_str(), &rule.metadata)).collect();
    write("rules.json", serde_json::to_string(&metadata).map_err(|error| error.to_string())?.as_bytes())
}

/// Collects the Rego files of rules and libraries, without the carriage returns that git may add.
fn collect(folder: &Path, modules: &mut Vec<Module>) -> Result<(), String> {
    let fault = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        let name = path.to_string_lossy().replace('\\', "/");
        if path.is_dir() {
            collect(&path, modules)?;
        } else if path.extension().is_some_and(|extension| extension == "rego") && !name.ends_with("_test.rego") {
            let text = fs::read_to_string(&path).map_err(|error| format!("{name}: {error}"))?;
            modules.push((name, text.replace('\r', "")));
        }
    }
    Ok(())
}

/// Returns the `# METADATA` block as a value. leaver's tests validate the metadata when they load the rules from text.
fn metadata(text: &str) -> Result<Value, String> {
    let block: String = text
        .lines()
        .skip_while(|line| *line != "# METADATA")
        .skip(1)
        .map_while(|line| line.strip_prefix('#'))
        .map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line)))
        .collect();
    if block.is_empty() {
        return Err("there is no `# METADATA` block".into());
    }
    serde_yaml::from_str(&block).map_err(|error| format!("METADATA: {error}"))
}
