//! Compiles Rego to a program for the virtual machine. `build.rs` uses this file, too. Therefore, the only other file of leaver that this file uses
//! is `syntax.rs`.

use regorus::{
    Engine, languages::rego::compiler::Compiler, rvm::program::Program, utils::limits::ExecutionTimerConfig,
};

use super::syntax::expand_imports;

const ENTRY: &str = "data.leaver_index.all";

/// Why modules do not compile.
#[derive(Debug)]
pub(super) struct CompileError {
    /// The faulty module; `None` if no single module is faulty.
    pub(super) module: Option<usize>,
    /// The engine's message.
    pub(super) reason: String,
}

/// Maximum number of rules in a program. The engine accepts 256 modules, and each program also contains all libraries.
const MAX_RULES: usize = 150;

/// The number of rules per program if `count` rules have the same input. Programs have about the same size.
pub(super) fn rules_in_each(count: usize) -> usize {
    count.div_ceil(count.div_ceil(MAX_RULES).max(1)).max(1)
}

/// Collects the findings of the requested rules, which `data.leaver_asked` lists as `[id, group, name]`.
const QUERY: &str = r"package leaver_index

all := {rule[0]: found |
	some rule in data.leaver_asked
	found := data.policies[rule[1]][rule[2]].findings
}
";

/// The key of `data` that lists the requested rules.
pub(super) const REQUESTED: &str = "leaver_asked";

/// Compiles modules, which are pairs of path and text. The result of the program is `{id: findings}` for the requested rules.
pub(super) fn compile_program<'a>(
    modules: impl IntoIterator<Item = (&'a str, &'a str)>,
    timer: Option<ExecutionTimerConfig>,
) -> Result<Program, CompileError> {
    let mut engine = Engine::new();
    engine.set_rego_v0(false);
    if let Some(timer) = timer {
        engine.set_execution_timer_config(timer);
    }
    for (module, (path, text)) in modules.into_iter().enumerate() {
        engine
            .add_policy(path.to_owned(), expand_imports(path, text))
            .map_err(|error| CompileError { module: Some(module), reason: error.to_string() })?;
    }
    let whole = |reason: String| CompileError { module: None, reason };
    engine.add_policy("leaver_index".into(), QUERY.into()).map_err(|error| whole(error.to_string()))?;
    let policy = engine.compile_with_entrypoint(&ENTRY.into()).map_err(|error| whole(error.to_string()))?;
    let program = Compiler::compile_from_policy(&policy, &[ENTRY]).map_err(|error| whole(error.to_string()))?;
    Ok(strip_rule_infos(Program::clone(&program)))
}

/// Removes unused parts of rule descriptions. The virtual machine copies the description at each call of a rule, even if the result is cached.
fn strip_rule_infos(mut program: Program) -> Program {
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

/// The package of the rule `group/name` as a list of steps.
pub(super) fn package_path(group: &str, name: &str) -> Vec<String> {
    vec!["policies".to_owned(), group.to_owned(), name.to_owned()]
}

/// The package of the rule `group/name`: `policies.jit["no-update-owner"]`.
pub(super) fn package_of(group: &str, name: &str) -> String {
    let part = |word: &str| if word.contains('-') { format!("[\"{word}\"]") } else { format!(".{word}") };
    format!("policies{}{}", part(group), part(name))
}
