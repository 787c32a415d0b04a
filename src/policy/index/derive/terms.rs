//! Derives terms from the expressions and references in rules.

use regorus::unstable::{ArithOp, BinOp, BoolOp, Expr, Query, Ref};

use super::{Derive, Scope};
use crate::policy::index::{
    model::{Body, Builtin, Compare, Const, Kind, Step, Term},
    names::plain,
};

/// Maximum depth of nested expressions.
const MAX_DEPTH: usize = 200;

/// The root of a reference.
enum Root {
    Local(usize),
    /// `input`, `data` or the path that an import names.
    Document(Vec<String>),
    Rule(usize),
}

impl Derive<'_> {
    /// Derives the term of an expression. `scope` records whether the expression varies and whether it can fail.
    pub(super) fn term(&mut self, expression: &Expr, scope: &mut Scope) -> Term {
        if self.depth > MAX_DEPTH {
            scope.fails = true;
            return Term::Unknown;
        }
        self.depth += 1;
        let term = self.derive_term(expression, scope);
        self.depth -= 1;
        term
    }

    fn derive_term(&mut self, expression: &Expr, scope: &mut Scope) -> Term {
        match expression {
            Expr::String { value, .. } | Expr::RawString { value, .. } => {
                value.as_string().map_or(Term::Unknown, |text| Term::Const(Const::Text(text.to_string())))
            }
            Expr::Number { value, .. } => {
                value.as_i64().map_or(Term::Unknown, |number| Term::Const(Const::Int(number)))
            }
            Expr::Bool { value, .. } => value.as_bool().map_or(Term::Unknown, |value| Term::Const(Const::Bool(*value))),
            Expr::Null { .. } => Term::Const(Const::Null),
            Expr::Var { .. } | Expr::RefDot { .. } | Expr::RefBrack { .. } => self.reference(expression, scope),
            Expr::Array { items, .. } => match self.items(items, scope) {
                Ok(values) => Term::Const(Const::Array(values)),
                Err(terms) => Term::Array(terms),
            },
            Expr::Set { items, .. } => match self.items(items, scope) {
                // The items may be equal sets in another order, so the number of items is unknown.
                Ok(values) if values.iter().any(is_unordered) => {
                    Term::Set(values.into_iter().map(Term::Const).collect())
                }
                Ok(values) => {
                    let mut once: Vec<Const> = Vec::new();
                    for value in values {
                        if !once.contains(&value) {
                            once.push(value);
                        }
                    }
                    Term::Const(Const::Set(once))
                }
                // Two items may be equal, so the number of items is unknown.
                Err(terms) => Term::Set(terms),
            },
            Expr::Object { fields, .. } => self.object(fields, scope),
            Expr::ArrayCompr { term, query, .. } => self.comprehension(term, query, false, scope),
            Expr::SetCompr { term, query, .. } => self.comprehension(term, query, true, scope),
            Expr::Call { fcn, params, .. } => self.call(fcn, params, scope),
            Expr::BinExpr { op, lhs, rhs, .. } => {
                scope.fails = true;
                let op = if matches!(op, BinOp::Union) { Builtin::SetUnion } else { Builtin::SetIntersection };
                Term::Builtin(op, vec![self.term(lhs, scope), self.term(rhs, scope)])
            }
            Expr::ArithExpr { op, lhs, rhs, .. } => {
                scope.fails = true;
                let sides = vec![self.term(lhs, scope), self.term(rhs, scope)];
                match op {
                    ArithOp::Add => Term::Builtin(Builtin::Add, sides),
                    ArithOp::Sub => Term::Builtin(Builtin::Sub, sides),
                    ArithOp::Mul => Term::Builtin(Builtin::Mul, sides),
                    ArithOp::Div => Term::Builtin(Builtin::Div, sides),
                    ArithOp::Mod => Term::Opaque(sides),
                }
            }
            Expr::BoolExpr { op, lhs, rhs, .. } => {
                let op = match op {
                    BoolOp::Eq => Compare::Eq,
                    BoolOp::Ne => Compare::Ne,
                    BoolOp::Lt => Compare::Lt,
                    BoolOp::Le => Compare::Le,
                    BoolOp::Gt => Compare::Gt,
                    BoolOp::Ge => Compare::Ge,
                };
                Term::Compare(op, Box::new((self.term(lhs, scope), self.term(rhs, scope))))
            }
            Expr::Membership { key: None, value, collection, .. } => {
                Term::In(Box::new((self.term(value, scope), self.term(collection, scope))))
            }
            Expr::ObjectCompr { .. } | Expr::UnaryExpr { .. } | Expr::AssignExpr { .. } | Expr::Membership { .. } => {
                unknown(scope)
            }
        }
    }

    /// Returns constants if all items are constant, otherwise terms.
    fn items(&mut self, items: &[Ref<Expr>], scope: &mut Scope) -> Result<Vec<Const>, Vec<Term>> {
        let terms: Vec<Term> = items.iter().map(|item| self.term(item, scope)).collect();
        let values = terms.iter().map(|term| match term {
            Term::Const(value) => Some(value.clone()),
            _ => None,
        });
        values.collect::<Option<Vec<Const>>>().ok_or(terms)
    }

    fn object<S>(&mut self, fields: &[(S, Ref<Expr>, Ref<Expr>)], scope: &mut Scope) -> Term {
        let mut pairs = Vec::new();
        let mut parts = Vec::new();
        for (_, key, value) in fields {
            let (key, value) = (self.term(key, scope), self.term(value, scope));
            if let (Term::Const(key), Term::Const(value)) = (&key, &value) {
                pairs.push((key.clone(), value.clone()));
            }
            parts.extend([key, value]);
        }
        let before = |at: usize, key: &Const| pairs.iter().take(at).any(|(other, _)| other == key);
        let twice = pairs.iter().enumerate().any(|(at, (key, _))| before(at, key) || is_unordered(key));
        if pairs.len() == fields.len() && !twice { Term::Const(Const::Object(pairs)) } else { Term::Object(parts) }
    }

    fn comprehension(&mut self, term: &Expr, query: &Query, is_set: bool, scope: &mut Scope) -> Term {
        let body = self.query(Some(query), scope, |derive, scope| (None, derive.term(term, scope)));
        Term::Comprehension(Box::new(Body { is_set, ..body }))
    }

    fn call(&mut self, function: &Expr, params: &[Ref<Expr>], scope: &mut Scope) -> Term {
        let terms: Vec<Term> = params.iter().map(|param| self.term(param, scope)).collect();
        let is_count = matches!(function, Expr::Var { span, .. } if span.text() == "count");
        match self.root(function, scope) {
            Some((Root::Rule(def), steps)) if steps.is_empty() => {
                let found = self.index.defs.get(def);
                scope.fails |= found.is_none_or(|def| def.fallible);
                if found.is_some_and(|def| def.kind == Kind::Function) {
                    Term::Call(def, terms)
                } else {
                    unknown(scope)
                }
            }
            Some(_) => unknown(scope),
            None if is_count && terms.len() == 1 => {
                let term = terms.into_iter().next().unwrap_or_default();
                scope.fails |= !self.count_cannot_fail(&term);
                Term::Count(Box::new(term))
            }
            // A builtin or an unknown function.
            None => {
                scope.fails = true;
                let name = plain(function).unwrap_or_default().join(".");
                // `print` accepts undefined arguments, too.
                if name == "print" {
                    return unknown(scope);
                }
                match Builtin::named(&name) {
                    Some(builtin) => Term::Builtin(builtin, terms),
                    None => Term::Opaque(terms),
                }
            }
        }
    }

    /// Whether `count` of a term cannot fail.
    fn count_cannot_fail(&self, term: &Term) -> bool {
        match term {
            Term::Const(Const::Array(_) | Const::Set(_) | Const::Object(_) | Const::Text(_))
            | Term::Array(_)
            | Term::Object(_)
            | Term::Set(_)
            | Term::Comprehension(_) => true,
            Term::Rule(def, steps) => {
                let kind = self.index.defs.get(*def).map(|def| def.kind);
                steps.is_empty() && matches!(kind, Some(Kind::Set | Kind::Object))
            }
            _ => false,
        }
    }

    fn reference(&mut self, expression: &Expr, scope: &mut Scope) -> Term {
        if let Some(base) = base(expression) {
            // A part of an undefined value is undefined.
            scope.fails = true;
            return Term::Opaque(vec![self.term(base, scope)]);
        }
        let Some((root, steps)) = self.root(expression, scope) else {
            // A variable bound by unsupported syntax, or a builtin.
            return unknown(scope);
        };
        // A step with an unbound variable stands for many values, and a rule with several values is an error. Therefore, the reference is unknown.
        if steps.iter().any(|step| matches!(step, Step::Term(Term::Unknown))) {
            return unknown(scope);
        }
        match root {
            Root::Local(slot) => {
                scope.varies = true;
                Term::Local(slot, steps)
            }
            Root::Rule(def) => {
                let found = self.index.defs.get(def);
                scope.fails |= found.is_none_or(|def| def.fallible);
                if found.is_some_and(|def| def.kind == Kind::Function) {
                    unknown(scope)
                } else {
                    Term::Rule(def, steps)
                }
            }
            Root::Document(path) if path.first().is_some_and(|root| root == "input") => {
                let keys: Vec<Step> = path.iter().skip(1).map(|key| self.key(key)).collect();
                let mut steps = keys.into_iter().chain(steps).peekable();
                let mut input = 0;
                while let Some(Step::Key(key)) = steps.next_if(|step| matches!(step, Step::Key(_))) {
                    input = self.input(input, key);
                }
                Term::Input(input, steps.collect())
            }
            Root::Document(path) => {
                let mut path: Vec<String> = path.into_iter().skip(1).collect();
                let mut steps = steps.into_iter().peekable();
                while let Some(Step::Key(key)) = steps.next_if(|step| matches!(step, Step::Key(_))) {
                    path.extend(self.index.keys.get(key as usize).cloned());
                }
                // Unknown rules, or all of `data`.
                if path.first().is_none_or(|first| first != "leaver") {
                    return unknown(scope);
                }
                let at = self.index.paths.iter().position(|known| *known == path).unwrap_or_else(|| {
                    self.index.paths.push(path);
                    self.index.paths.len() - 1
                });
                Term::Data(at, steps.collect())
            }
        }
    }

    /// The root and path of a reference; `None` if unknown.
    fn root(&mut self, mut expression: &Expr, scope: &mut Scope) -> Option<(Root, Vec<Step>)> {
        let mut steps = Vec::new();
        let name = loop {
            match expression {
                Expr::RefDot { refr, field, .. } => {
                    steps.push(self.key(field.0.text()));
                    expression = refr;
                }
                Expr::RefBrack { refr, index, .. } => {
                    steps.push(match self.term(index, scope) {
                        Term::Const(Const::Text(key)) => self.key(&key),
                        term => Step::Term(term),
                    });
                    expression = refr;
                }
                Expr::Var { span, .. } => break span.text(),
                _ => {
                    scope.fails = true;
                    return None;
                }
            }
        };
        steps.reverse();
        // The name is declared, but it has no value yet, or unsupported syntax binds it.
        let has_value = |from: &usize| scope.bound.iter().skip(*from).any(|(bound, _)| bound == name);
        if scope.declared.iter().any(|(from, names)| names.contains(name) && !has_value(from)) {
            return None;
        }
        if let Some((_, slot)) = scope.bound.iter().rev().find(|(bound, _)| bound == name) {
            return Some((Root::Local(*slot), steps));
        }
        let module = self.modules.get(scope.module)?;
        let own = [module.package.clone(), vec![name.to_owned()]].concat();
        let import = module.imports.get(name).cloned();
        if let Some(def) = self.def(&own) {
            return Some((Root::Rule(def), steps));
        }
        let path = match name {
            "input" | "data" => vec![name.to_owned()],
            _ => import?,
        };
        Some(self.document(path, steps))
    }

    /// The number of a path into the declaration: the path `parent`, followed by `key`.
    fn input(&mut self, parent: u32, key: u32) -> u32 {
        let next = u32::try_from(self.index.inputs.len()).unwrap_or(u32::MAX);
        let number = *self.inputs.entry((parent, key)).or_insert(next);
        if number == next {
            self.index.inputs.push((parent, key));
        }
        number
    }

    /// A step with a key.
    fn key(&mut self, key: &str) -> Step {
        let next = u32::try_from(self.index.keys.len()).unwrap_or(u32::MAX);
        if let Some(number) = self.keys.get(key) {
            return Step::Key(*number);
        }
        self.index.keys.push(key.to_owned());
        self.keys.insert(key.to_owned(), next);
        Step::Key(next)
    }

    /// The root of a path into `input` or `data`: the rule that the path leads to, or the document.
    fn document(&mut self, path: Vec<String>, steps: Vec<Step>) -> (Root, Vec<Step>) {
        let known = steps.iter().map_while(|step| match step {
            Step::Key(key) => self.index.keys.get(*key as usize).cloned(),
            Step::Term(_) => None,
        });
        let whole: Vec<String> = path.iter().cloned().chain(known).collect();
        let package =
            self.modules.iter().filter(|names| whole.starts_with(&names.package) && !names.package.is_empty());
        let package = package.map(|names| names.package.len()).max();
        if let Some(name) = package.and_then(|length| whole.get(..=length).map(<[String]>::to_vec))
            && let Some(def) = self.def(&name)
        {
            // An import may name a rule, but not a part of a rule.
            let used = name.len().saturating_sub(path.len());
            if path.len() <= name.len() {
                return (Root::Rule(def), steps.into_iter().skip(used).collect());
            }
        }
        (Root::Document(path), steps)
    }
}

/// The start of a reference, if it is not a name: `f(x)` in `f(x)[0]`.
fn base(mut expression: &Expr) -> Option<&Expr> {
    loop {
        match expression {
            Expr::RefDot { refr, .. } | Expr::RefBrack { refr, .. } => expression = refr,
            Expr::Var { .. } => return None,
            other => return Some(other),
        }
    }
}

/// Whether a constant contains a collection without order.
fn is_unordered(value: &Const) -> bool {
    match value {
        Const::Set(_) | Const::Object(_) => true,
        Const::Array(items) => items.iter().any(is_unordered),
        _ => false,
    }
}

fn unknown(scope: &mut Scope) -> Term {
    scope.fails = true;
    scope.varies = true;
    Term::Unknown
}
