//! Finds the references of a policy in its syntax tree, because escapes, imports and aliases hide references from a text search. `build.rs` uses this
//! file, too.

use std::collections::BTreeSet;

use regorus::{
    Source,
    unstable::{Expr, Literal, Module, Parser, Query, Ref, Rule, RuleBody, RuleHead},
};

/// A reference: `data.policies.lib["apps"].alive`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    /// The variable at its start.
    pub(super) root: String,
    /// Its steps; `None` if a step is known only at run time.
    pub(super) path: Vec<Option<String>>,
    /// Its start in the text.
    pub(super) start: usize,
    /// Its line, from 1.
    pub(super) line: u32,
    /// Whether the first step is written with a dot.
    pub(super) dotted: bool,
}

impl Reference {
    fn steps(&self) -> impl Iterator<Item = Option<&str>> {
        std::iter::once(Some(self.root.as_str())).chain(self.path.iter().map(Option::as_deref))
    }
}

/// A parsed module.
#[derive(Debug, Clone, Default)]
pub(super) struct Syntax {
    /// The references of its rules, in no particular order.
    pub(super) references: Vec<Reference>,
    /// Its imports, with their local names.
    pub(super) imports: Vec<(Reference, String)>,
    /// Names of its rules, arguments and variables.
    pub(super) bound: BTreeSet<String>,
    /// Its package.
    pub(super) package: Option<Reference>,
}

impl Syntax {
    /// Parses a text. Call `load::check_bracket_depth` first, because each level of brackets doubles the time that the parser takes.
    pub(super) fn parse(path: &str, text: &str) -> Result<Self, String> {
        let parsed = Source::from_contents(path.to_owned(), text.to_owned()).and_then(|source| {
            let mut parser = Parser::new(&source)?;
            parser.enable_rego_v1()?;
            parser.parse()
        });
        parsed.map(|module| Self::of(&module)).map_err(|error| error.to_string())
    }

    /// Collects the parts of a parsed module.
    pub(super) fn of(module: &Module) -> Self {
        let mut walk = Walk::default();
        for rule in &module.policy {
            walk.rule(rule);
        }
        walk.run();
        let mut syntax = walk.syntax;
        syntax.package = reference(&module.package.refr);
        for import in &module.imports {
            let Some(reference) = reference(&import.refr) else { continue };
            let last = reference.path.last().cloned().flatten().unwrap_or_else(|| reference.root.clone());
            let name = import.r#as.as_ref().map_or(last, |name| name.text().to_owned());
            syntax.imports.push((reference, name));
        }
        syntax
    }

    /// The references of the rules and of the imports.
    pub(super) fn all_references(&self) -> impl Iterator<Item = &Reference> {
        self.references.iter().chain(self.imports.iter().map(|(reference, _)| reference))
    }

    /// Whether the module itself defines a name.
    fn defines(&self, name: &str) -> bool {
        self.bound.contains(name) || self.imports.iter().any(|(_, alias)| alias == name)
    }
}

/// The nodes that are not visited yet. Stacks replace recursion, because the tree of a long chain of operators is deep.
#[derive(Default)]
struct Walk<'a> {
    syntax: Syntax,
    expressions: Vec<&'a Expr>,
    queries: Vec<&'a Query>,
}

impl<'a> Walk<'a> {
    fn rule(&mut self, rule: &'a Ref<Rule>) {
        match rule.as_ref() {
            Rule::Spec { head, bodies, .. } => {
                let (refr, parts): (&Ref<Expr>, Vec<&Ref<Expr>>) = match head {
                    RuleHead::Compr { refr, assign, .. } => (refr, assign.iter().map(|to| &to.value).collect()),
                    RuleHead::Set { refr, key, .. } => (refr, key.iter().collect()),
                    RuleHead::Func { refr, args, assign, .. } => {
                        self.bind_all(args);
                        (refr, args.iter().chain(assign.iter().map(|to| &to.value)).collect())
                    }
                };
                self.record_head(refr);
                self.expressions.extend(parts.into_iter().map(AsRef::as_ref));
                for body in bodies {
                    self.body(body);
                }
            }
            Rule::Default { refr, args, value, .. } => {
                self.record_head(refr);
                self.bind_all(args);
                self.expressions.push(value);
            }
        }
    }

    /// Records the name of a rule, and the expressions in its brackets.
    fn record_head(&mut self, mut refr: &'a Expr) {
        loop {
            match refr {
                Expr::RefDot { refr: next, .. } => refr = next,
                Expr::RefBrack { refr: next, index, .. } => {
                    self.expressions.push(index);
                    refr = next;
                }
                other => return self.bind(other),
            }
        }
    }

    fn body(&mut self, body: &'a RuleBody) {
        self.expressions.extend(body.assign.iter().map(|assign| assign.value.as_ref()));
        self.queries.push(&body.query);
    }

    fn bind_all(&mut self, patterns: &[Ref<Expr>]) {
        for pattern in patterns {
            self.bind(pattern);
        }
    }

    /// Records the names in a pattern on the left of `:=`, or in an argument.
    fn bind(&mut self, pattern: &Expr) {
        match pattern {
            Expr::Var { span, .. } => drop(self.syntax.bound.insert(span.text().to_owned())),
            Expr::Array { items, .. } => self.bind_all(items),
            Expr::Object { fields, .. } => fields.iter().for_each(|(_, _, value)| self.bind(value)),
            _ => {}
        }
    }

    fn run(&mut self) {
        loop {
            if let Some(expression) = self.expressions.pop() {
                self.expression(expression);
            } else if let Some(query) = self.queries.pop() {
                self.query(query);
            } else {
                return;
            }
        }
    }

    fn query(&mut self, query: &'a Query) {
        for statement in &query.stmts {
            match &statement.literal {
                Literal::SomeVars { vars, .. } => {
                    self.syntax.bound.extend(vars.iter().map(|name| name.text().to_owned()));
                }
                Literal::SomeIn { key, value, collection, .. } => {
                    key.iter().chain([value]).for_each(|pattern| self.bind(pattern));
                    self.expressions.extend(key.iter().chain([value, collection]).map(AsRef::as_ref));
                }
                Literal::Expr { expr, .. } | Literal::NotExpr { expr, .. } => self.expressions.push(expr),
                Literal::Every { key, value, domain, query, .. } => {
                    self.syntax.bound.extend(key.iter().chain([value]).map(|name| name.text().to_owned()));
                    self.expressions.push(domain);
                    self.queries.push(query);
                }
            }
            for modifier in &statement.with_mods {
                self.expressions.extend([modifier.refr.as_ref(), modifier.r#as.as_ref()]);
            }
        }
    }

    fn expression(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Var { .. } | Expr::RefDot { .. } | Expr::RefBrack { .. } => self.record_reference(expression),
            Expr::Array { items, .. } | Expr::Set { items, .. } => {
                self.expressions.extend(items.iter().map(AsRef::as_ref));
            }
            Expr::Object { fields, .. } => {
                self.expressions.extend(fields.iter().flat_map(|(_, key, value)| [key.as_ref(), value.as_ref()]));
            }
            Expr::ArrayCompr { term, query, .. } | Expr::SetCompr { term, query, .. } => {
                self.expressions.push(term);
                self.queries.push(query);
            }
            Expr::ObjectCompr { key, value, query, .. } => {
                self.expressions.extend([key.as_ref(), value.as_ref()]);
                self.queries.push(query);
            }
            Expr::Call { fcn, params, .. } => {
                self.expressions.push(fcn);
                self.expressions.extend(params.iter().map(AsRef::as_ref));
            }
            Expr::UnaryExpr { expr, .. } => self.expressions.push(expr),
            Expr::AssignExpr { lhs, rhs, op, .. } => {
                if *op == regorus::unstable::AssignOp::ColEq {
                    self.bind(lhs);
                }
                self.expressions.extend([lhs.as_ref(), rhs.as_ref()]);
            }
            Expr::BinExpr { lhs, rhs, .. } | Expr::BoolExpr { lhs, rhs, .. } | Expr::ArithExpr { lhs, rhs, .. } => {
                self.expressions.extend([lhs.as_ref(), rhs.as_ref()]);
            }
            Expr::Membership { key, value, collection, .. } => {
                self.expressions.extend(key.iter().chain([value, collection]).map(AsRef::as_ref));
            }
            // Strings, numbers and the like.
            _ => {}
        }
    }

    /// Records a reference, and the expressions in its brackets.
    fn record_reference(&mut self, expression: &'a Expr) {
        self.syntax.references.extend(reference(expression));
        let mut at = expression;
        loop {
            match at {
                Expr::RefDot { refr, .. } => at = refr,
                Expr::RefBrack { refr, index, .. } => {
                    self.expressions.push(index);
                    at = refr;
                }
                Expr::Var { .. } => return,
                // The first part of `f(x).y` or `[1, 2][0]`.
                other => return self.expressions.push(other),
            }
        }
    }
}

/// Converts an expression to a reference; `None` if the expression does not start with a variable.
fn reference(expression: &Expr) -> Option<Reference> {
    let mut path = Vec::new();
    let mut dotted = false;
    let mut at = expression;
    loop {
        match at {
            Expr::RefDot { refr, field, .. } => {
                path.push(Some(field.0.text().to_owned()));
                dotted = true;
                at = refr;
            }
            Expr::RefBrack { refr, index, .. } => {
                path.push(match index.as_ref() {
                    Expr::String { value, .. } | Expr::RawString { value, .. } => {
                        value.as_string().ok().map(std::string::ToString::to_string)
                    }
                    _ => None,
                });
                dotted = false;
                at = refr;
            }
            Expr::Var { span, .. } => {
                path.reverse();
                let start = usize::try_from(span.start).unwrap_or_default();
                return Some(Reference { root: span.text().to_owned(), path, start, line: span.line, dotted });
            }
            _ => return None,
        }
    }
}

/// Builtins with side effects or non-deterministic results: the first and second steps of their names. An empty list means any second step.
const NONDETERMINISTIC: [(&str, &[&str]); 6] = [
    ("time", &["now_ns"]),
    ("rand", &[]),
    ("uuid", &["rfc4122"]),
    ("opa", &["runtime"]),
    ("http", &[]),
    ("net", &["lookup_ip_addr"]),
];

/// Steps that identify a non-deterministic builtin regardless of its first step.
const NONDETERMINISTIC_STEPS: [&str; 3] = ["now_ns", "intn", "rfc4122"];

/// The reason why a module is not deterministic, if it is not.
pub(super) fn nondeterminism(syntax: &Syntax) -> Option<String> {
    let found = syntax.references.iter().filter_map(|reference| {
        // Values of a declaration are not builtins.
        if matches!(reference.root.as_str(), "input" | "data") {
            return None;
        }
        // The engine drops unknown steps: `time[x].now_ns()` is `time.now_ns()`. A local name may be an alias of a builtin.
        let known: Vec<&str> = reference.path.iter().flatten().map(String::as_str).collect();
        let root = NONDETERMINISTIC.iter().find(|(name, _)| *name == reference.root);
        let own = syntax.defines(&reference.root);
        let whole = || format!("{}{}", reference.root, known.iter().map(|step| format!(".{step}")).collect::<String>());
        match root {
            Some((_, names)) if names.iter().any(|name| known.contains(name)) => Some(whole()),
            Some((_, [])) if !own => Some(whole()),
            // The bare name, or a reference with an unknown step, could become an alias.
            Some(_) if !own && known.is_empty() => Some(whole()),
            _ if known.iter().any(|step| NONDETERMINISTIC_STEPS.contains(step)) => Some(whole()),
            _ => None,
        }
        .map(|name| (reference.line, name))
    });
    let (line, name) = found.min()?;
    Some(format!(
        "line {line}: `{name}` is not available: a rule reads no clock, no random numbers and no network (the day is `data.leaver.today`)"
    ))
}

/// The reason why a module must not run, if it refers to another rule. Each rule is compiled without other rules, so the reference is undefined.
pub(super) fn other_rule_reference(syntax: &Syntax) -> Option<String> {
    let own: Vec<Option<&str>> = syntax.package.iter().flat_map(Reference::steps).collect();
    let reaches = |reference: &&Reference| {
        let steps: Vec<Option<&str>> = reference.steps().skip(1).collect();
        match steps.as_slice() {
            _ if reference.root != "data" => false,
            // A reference to all of `data` includes the rule itself. OPA rejects this, too.
            [] | [None, ..] => true,
            [Some("policies"), Some("lib"), ..] => false,
            [Some("policies"), ..] => own.len() < 3 || !steps.starts_with(&own),
            _ => false,
        }
    };
    let line = syntax.all_references().filter(reaches).map(|reference| reference.line).min()?;
    Some(format!(
        "line {line} refers to another rule: a rule may only use `data.policies.lib`, `data.leaver` and its input; move shared helpers to lib/<name>.rego"
    ))
}

/// The kinds that a module looks up in `data.leaver.catalogue` or `data.leaver.lookup`; `None` if it may look up any kind.
pub(super) fn kinds(syntax: &Syntax) -> Option<BTreeSet<String>> {
    let mut kinds = BTreeSet::new();
    for reference in syntax.all_references().filter(|reference| reference.root == "data") {
        let steps: Vec<Option<&str>> = reference.path.iter().map(Option::as_deref).collect();
        match steps.as_slice() {
            [Some("leaver"), Some("catalogue" | "lookup"), Some(kind), ..] => drop(kinds.insert((*kind).to_owned())),
            [Some("leaver"), Some("catalogue" | "lookup"), ..] => return None,
            [Some("leaver"), Some("observations"), ..] => drop(kinds.insert("Observation".to_owned())),
            // `snapshots` maps Observations to Snapshots.
            [Some("leaver"), Some("snapshots"), ..] => kinds.extend(["Snapshot", "Observation"].map(str::to_owned)),
            // Other documents contain no declarations by kind.
            [Some("leaver"), Some(_), ..] => {}
            [Some(other), ..] if *other != "leaver" => {}
            _ => return None,
        }
    }
    Some(kinds)
}

const LIBRARY: [&str; 3] = ["data", "policies", "lib"];

/// Expands the imported name `apps.` to `data.policies.lib.apps.` without changing line numbers. For `apps.alive`, the virtual machine evaluates
/// every rule of the package at each use. For `data.policies.lib.apps.alive`, it calls only this rule.
pub(super) fn expand_imports(path: &str, text: &str) -> String {
    // The compiler reports modules that do not parse.
    let Ok(syntax) = Syntax::parse(path, text) else { return text.to_owned() };
    let imported: Vec<&str> = syntax
        .imports
        .iter()
        .filter(|(reference, name)| {
            let steps: Vec<Option<&str>> = reference.steps().collect();
            steps.len() == 4 && steps.starts_with(&LIBRARY.map(Some)) && steps.last() == Some(&Some(name.as_str()))
        })
        .map(|(_, name)| name.as_str())
        // A name that is also a variable somewhere is left unchanged.
        .filter(|name| !syntax.bound.contains(*name))
        .collect();
    let mut starts: Vec<usize> = syntax
        .references
        .iter()
        .filter(|reference| reference.dotted && imported.contains(&reference.root.as_str()))
        .map(|reference| reference.start)
        .collect();
    starts.sort_unstable();
    starts.dedup();
    let mut full = String::with_capacity(text.len() + 1_024);
    let mut done = 0;
    for start in starts {
        full.push_str(text.get(done..start).unwrap_or_default());
        full.push_str(&LIBRARY.join("."));
        full.push('.');
        done = start;
    }
    full.push_str(text.get(done..).unwrap_or_default());
    full
}

#[cfg(test)]
#[path = "syntax/tests.rs"]
mod tests;
