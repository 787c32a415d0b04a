//! Derives conditions from syntax trees. Unsupported syntax becomes an unknown condition, which never excludes the rule.

use std::collections::{BTreeMap, BTreeSet};

use regorus::{
    Source,
    unstable::{AssignOp, Expr, Literal, LiteralStmt, Module, Parser, Query, Ref, Rule, RuleAssign, RuleHead},
};

use super::{
    model::{Body, Const, Def, Index, Kind, Later, Pattern, Term, Test},
    names::{first_name, head_of, is_name, names_of, plain},
};

pub(crate) mod order;
mod terms;

/// Maximum depth of references between rules. The expressions around a reference also count.
const MAX_DEPTH: usize = 40;

#[cfg(test)]
thread_local! {
    /// Number of derivations in this thread.
    pub(crate) static DERIVED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Derives the conditions of rules from modules. A rule is given as its id and the path of its package, a module as its path and text.
pub(crate) fn derive<'a>(
    modules: impl IntoIterator<Item = (&'a str, &'a str)>,
    rules: impl IntoIterator<Item = (&'a str, Vec<String>)>,
) -> Index {
    #[cfg(test)]
    DERIVED.set(DERIVED.get() + 1);
    let parse = |(path, text): (&str, &str)| {
        let source = Source::from_contents(path.to_owned(), text.to_owned()).ok()?;
        let mut parser = Parser::new(&source).ok()?;
        parser.enable_rego_v1().ok()?;
        parser.parse().ok()
    };
    // A module that does not parse could define anything.
    let Some(modules) = modules.into_iter().map(parse).collect::<Option<Vec<Module>>>() else {
        return Index::default();
    };
    let mut derive = Derive::new(&modules);
    for (id, mut package) in rules {
        package.insert(0, "data".to_owned());
        package.push("findings".to_owned());
        if let Some(root) = derive.def(&package)
            && derive.index.defs.get(root).is_some_and(|def| def.kind == Kind::Set && def.bodies.is_some())
        {
            derive.index.roots.insert(id.to_owned(), root);
        }
    }
    derive.index
}

/// The rules with one name.
#[derive(Default)]
struct Sources<'a> {
    rules: Vec<(usize, &'a Rule)>,
    /// Whether one of the rules is not understood.
    opaque: bool,
}

pub(super) struct Derive<'a> {
    pub(super) index: Index,
    pub(super) modules: Vec<Names>,
    sources: BTreeMap<Vec<String>, Sources<'a>>,
    known: BTreeMap<Vec<String>, usize>,
    /// Key → its number in the index.
    pub(super) keys: BTreeMap<String, u32>,
    /// Path into the declaration → its number in the index.
    pub(super) inputs: BTreeMap<(u32, u32), u32>,
    pub(super) depth: usize,
}

/// The package and the imports of a module.
pub(super) struct Names {
    pub(super) package: Vec<String>,
    pub(super) imports: BTreeMap<String, Vec<String>>,
}

/// The scope of an expression.
#[derive(Default)]
pub(super) struct Scope {
    pub(super) module: usize,
    /// The variables that have a value, with their slots. The innermost variable comes last.
    pub(super) bound: Vec<(String, usize)>,
    /// For each enclosing query: how many variables had a value at its start, and the names that it declares.
    pub(super) declared: Vec<(usize, BTreeSet<String>)>,
    pub(super) names: Vec<String>,
    /// Whether the derived part contains a variable.
    pub(super) varies: bool,
    /// Whether the derived part can fail.
    pub(super) fails: bool,
}

impl Scope {
    fn bind(&mut self, name: &str) -> usize {
        let slot = self.names.len();
        self.names.push(name.to_owned());
        self.bound.push((name.to_owned(), slot));
        slot
    }
}

impl<'a> Derive<'a> {
    fn new(modules: &'a [Module]) -> Self {
        let mut derive = Self {
            index: Index { inputs: vec![(0, 0)], ..Index::default() },
            modules: Vec::new(),
            sources: BTreeMap::new(),
            known: BTreeMap::new(),
            keys: BTreeMap::new(),
            inputs: BTreeMap::new(),
            depth: 0,
        };
        for (at, module) in modules.iter().enumerate() {
            let package = plain(&module.package.refr).map(|steps| [vec!["data".to_owned()], steps].concat());
            let package = package.unwrap_or_default();
            let mut imports = BTreeMap::new();
            for import in &module.imports {
                let Some(path) = plain(&import.refr) else { continue };
                let name = import.r#as.as_ref().map(|name| name.text().to_owned()).or_else(|| path.last().cloned());
                imports.extend(name.map(|name| (name, path)));
            }
            for rule in &module.policy {
                let (refr, understood) = match rule.as_ref() {
                    Rule::Spec { head, .. } => head_of(head),
                    Rule::Default { refr, args, .. } => (refr, args.is_empty() && is_name(refr)),
                };
                let Some(name) = first_name(refr) else { continue };
                let sources = derive.sources.entry([package.clone(), vec![name]].concat()).or_default();
                sources.rules.push((at, rule.as_ref()));
                sources.opaque |= !understood || package.is_empty();
            }
            derive.modules.push(Names { package, imports });
        }
        derive
    }

    /// The position of the definition with this name; `None` if no rule has the name.
    pub(super) fn def(&mut self, name: &[String]) -> Option<usize> {
        if let Some(known) = self.known.get(name) {
            return Some(*known);
        }
        let sources = self.sources.get(name)?;
        let rules = sources.rules.clone();
        let kinds: BTreeSet<_> = rules.iter().filter_map(|(_, rule)| kind(rule)).map(|kind| kind as u8).collect();
        let kind = rules.iter().find_map(|(_, rule)| kind(rule)).unwrap_or(Kind::Value);
        let opaque = sources.opaque || kinds.len() > 1 || self.depth > MAX_DEPTH;
        let at = self.index.defs.len();
        self.known.insert(name.to_vec(), at);
        // The definition is unknown until it is derived, because it may be part of a cycle.
        let shown = name.join(".");
        self.index.defs.push(Def { name: shown, kind, default: None, bodies: Later::from(None), fallible: true });
        if opaque {
            return Some(at);
        }
        self.depth += 1;
        let (mut bodies, mut default, mut fallible) = (Vec::new(), None, kind == Kind::Object);
        let mut understood = true;
        for (module, rule) in rules {
            match rule {
                Rule::Spec { head, bodies: queries, .. } => {
                    if queries.is_empty() {
                        bodies.push(self.body(module, head, None, None, false, &mut fallible));
                    }
                    for (nth, query) in queries.iter().enumerate() {
                        let assign = if query.is_else { Some(query.assign.as_ref()) } else { None };
                        understood &= nth == 0 || query.is_else;
                        bodies.push(self.body(module, head, Some(&query.query), assign, query.is_else, &mut fallible));
                    }
                }
                Rule::Default { value, .. } => {
                    let mut scope = Scope { module, ..Scope::default() };
                    match self.term(value, &mut scope) {
                        Term::Const(value) if default.is_none() => default = Some(value),
                        _ => understood = false,
                    }
                }
            }
        }
        self.depth -= 1;
        fallible |= kind != Kind::Set && may_conflict(&bodies);
        if let Some(def) = self.index.defs.get_mut(at)
            && understood
        {
            *def = Def { name: def.name.clone(), kind, default, bodies: Some(bodies).into(), fallible };
        }
        Some(at)
    }

    #[expect(clippy::option_option, reason = "an `else` without a value is `true`")]
    fn body(
        &mut self,
        module: usize,
        head: &RuleHead,
        query: Option<&Ref<Query>>,
        assign: Option<Option<&RuleAssign>>,
        is_else: bool,
        fallible: &mut bool,
    ) -> Body {
        let mut scope = Scope { module, ..Scope::default() };
        let mut args = Vec::new();
        let truth = |assign: Option<&RuleAssign>| assign.map(|assign| Ref::clone(&assign.value));
        let (key, value) = match head {
            RuleHead::Compr { refr, assign: own, .. } => {
                let key = match refr.as_ref() {
                    Expr::RefBrack { index, .. } => Some(Ref::clone(index)),
                    _ => None,
                };
                (key, truth(assign.unwrap_or(own.as_ref())))
            }
            RuleHead::Set { key, .. } => (None, key.clone()),
            RuleHead::Func { args: patterns, assign: own, .. } => {
                args = patterns.iter().map(|pattern| self.pattern(pattern, &mut scope)).collect();
                (None, truth(assign.unwrap_or(own.as_ref())))
            }
        };
        let mut body = self.query(query.map(AsRef::as_ref), &mut scope, |derive, scope| {
            let value = value.as_ref().map_or(Term::Const(Const::Bool(true)), |value| derive.term(value, scope));
            (key.as_ref().map(|key| derive.term(key, scope)), value)
        });
        body.args = args;
        body.is_else = is_else;
        body.slots = scope.names.len();
        *fallible |= body.fallible;
        body.names = scope.names;
        body
    }

    /// Derives a body of conditions. `head` derives its key and value.
    pub(super) fn query(
        &mut self,
        query: Option<&Query>,
        scope: &mut Scope,
        head: impl FnOnce(&mut Self, &mut Scope) -> (Option<Term>, Term),
    ) -> Body {
        let visible = scope.bound.len();
        let outer = (std::mem::take(&mut scope.varies), std::mem::take(&mut scope.fails));
        let statements = query.map_or(&[][..], |query| &query.stmts);
        scope.declared.push((visible, names_of(statements)));
        let (mut ground, mut others, mut fallible, mut blocked) = (Vec::new(), Vec::new(), false, false);
        for statement in statements {
            (scope.varies, scope.fails) = (false, false);
            let Some(test) = self.test(statement, scope) else { continue };
            let defines = matches!(test, Test::Let(..) | Test::Some(..));
            fallible |= scope.fails;
            // The interpreter first evaluates the conditions without variables, in the order of the rule. An unknown condition may be one of them.
            blocked |= scope.fails || matches!(test, Test::Some(_, _, Term::Input(..)));
            if blocked || defines || scope.varies || test == Test::Unknown {
                others.push(test);
            } else {
                ground.push(test);
            }
        }
        (scope.varies, scope.fails) = (false, false);
        let (key, value) = head(self, scope);
        fallible |= scope.fails;
        (scope.varies, scope.fails) = (outer.0 || scope.varies || !others.is_empty(), outer.1 || fallible);
        scope.declared.pop();
        scope.bound.truncate(visible);
        let count = ground.len();
        ground.append(&mut others);
        let loops = ground.iter().any(|test| matches!(test, Test::Some(..)));
        let tests = ground.into_iter().map(Later::from).collect();
        Body {
            tests,
            ground: count,
            loops,
            fallible,
            key: key.map(Later::from),
            value: value.into(),
            ..Body::default()
        }
    }

    fn test(&mut self, statement: &LiteralStmt, scope: &mut Scope) -> Option<Test> {
        let unknown = |scope: &mut Scope| {
            scope.fails = true;
            Some(Test::Unknown)
        };
        if !statement.with_mods.is_empty() {
            return unknown(scope);
        }
        match &statement.literal {
            Literal::SomeVars { .. } => None,
            Literal::SomeIn { key, value, collection, .. } => {
                let collection = self.term(collection, scope);
                scope.fails |= !self.iterates(&collection);
                let key = key.as_ref().map(|key| self.pattern(key, scope));
                Some(Test::Some(key, self.pattern(value, scope), collection))
            }
            Literal::Expr { expr, .. } => match expr.as_ref() {
                Expr::AssignExpr { op: AssignOp::ColEq, lhs, rhs, .. } => {
                    let term = self.term(rhs, scope);
                    let pattern = self.pattern(lhs, scope);
                    // If the array has another length than the pattern, the interpreter fails.
                    scope.fails |= !matches!(pattern, Pattern::Variable(_) | Pattern::Any);
                    Some(Test::Let(pattern, term))
                }
                Expr::AssignExpr { .. } => unknown(scope),
                other => Some(Test::Holds(self.term(other, scope))),
            },
            Literal::NotExpr { expr, .. } => Some(Test::Not(self.term(expr, scope))),
            Literal::Every { .. } => unknown(scope),
        }
    }

    /// Whether `some … in` a term cannot fail. For parts of the input, this is checked during evaluation.
    fn iterates(&self, collection: &Term) -> bool {
        match collection {
            Term::Const(Const::Array(_) | Const::Set(_) | Const::Object(_))
            | Term::Array(_)
            | Term::Comprehension(_) => true,
            Term::Input(_, steps) => steps.is_empty(),
            Term::Rule(def, steps) => {
                let kind = self.index.defs.get(*def).map(|def| def.kind);
                steps.is_empty() && matches!(kind, Some(Kind::Set | Kind::Object))
            }
            _ => false,
        }
    }

    pub(super) fn pattern(&mut self, pattern: &Expr, scope: &mut Scope) -> Pattern {
        match pattern {
            Expr::Var { span, .. } if span.text() == "_" => Pattern::Any,
            Expr::Var { span, .. } => {
                let from = scope.declared.last().map_or(0, |(from, _)| *from);
                let twice = scope.bound.iter().skip(from).any(|(bound, _)| bound == span.text());
                let slot = scope.bind(span.text());
                // A repeated variable must have the same value each time, which is not supported.
                if twice { Pattern::Unknown } else { Pattern::Variable(slot) }
            }
            Expr::Array { items, .. } => Pattern::Array(items.iter().map(|item| self.pattern(item, scope)).collect()),
            Expr::String { .. }
            | Expr::RawString { .. }
            | Expr::Number { .. }
            | Expr::Bool { .. }
            | Expr::Null { .. } => match self.term(pattern, scope) {
                Term::Const(value) => Pattern::Const(value),
                _ => Pattern::Unknown,
            },
            _ => Pattern::Unknown,
        }
    }
}

/// Whether the bodies may have different values, which is an error.
fn may_conflict(bodies: &[Body]) -> bool {
    let first = bodies.first().map(|body| &body.value);
    let equal = bodies.iter().all(|body| matches!(*body.value, Term::Const(_)) && Some(&body.value) == first);
    let loops = |body: &Body| body.fallible || body.loops;
    !equal && (bodies.iter().filter(|body| !body.is_else).count() > 1 || bodies.iter().any(loops))
}

fn kind(rule: &Rule) -> Option<Kind> {
    let Rule::Spec { head, .. } = rule else { return None };
    Some(match head {
        RuleHead::Compr { refr, .. } if is_name(refr) => Kind::Value,
        RuleHead::Compr { .. } => Kind::Object,
        RuleHead::Set { .. } => Kind::Set,
        RuleHead::Func { .. } => Kind::Function,
    })
}
