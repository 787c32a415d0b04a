//! Follows the syntax trees of rules to find the paths that the rules read.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use regorus::unstable::{AssignOp, Expr, Literal, Module, Query, Ref, Rule, RuleHead};

use super::{
    super::index::names::{first_name, is_name, names_of, plain},
    values::{DocumentPath, Value, entries, keys},
};

/// Maximum depth of references between rules.
const MAX_DEPTH: usize = 60;

pub(super) struct Walk<'a> {
    modules: Vec<Names>,
    pub(super) rules: BTreeMap<Vec<String>, Vec<(usize, &'a Rule)>>,
    read: BTreeSet<DocumentPath>,
    known: BTreeMap<(Vec<String>, Vec<Value>), Value>,
    depth: usize,
}

/// The package and the imports of a module.
struct Names {
    package: Vec<String>,
    imports: BTreeMap<String, Vec<String>>,
}

#[derive(Clone, Default)]
pub(super) struct Scope {
    pub(super) module: usize,
    variables: BTreeMap<String, Value>,
    /// Names that were used before they had a value.
    missed: BTreeSet<String>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(modules: &'a [Module]) -> Self {
        let mut walk = Self {
            modules: Vec::new(),
            rules: BTreeMap::new(),
            read: BTreeSet::new(),
            known: BTreeMap::new(),
            depth: 0,
        };
        for (at, module) in modules.iter().enumerate() {
            let package = [vec!["data".to_owned()], plain(&module.package.refr).unwrap_or_default()].concat();
            for rule in &module.policy {
                let (Rule::Spec { head: RuleHead::Compr { refr, .. }, .. }
                | Rule::Spec { head: RuleHead::Set { refr, .. }, .. }
                | Rule::Spec { head: RuleHead::Func { refr, .. }, .. }
                | Rule::Default { refr, .. }) = rule.as_ref();
                let Some(name) = first_name(refr) else { continue };
                walk.rules.entry([package.clone(), vec![name]].concat()).or_default().push((at, rule.as_ref()));
            }
            let imports = module.imports.iter().filter_map(|import| {
                let path = plain(&import.refr)?;
                let name = import.r#as.as_ref().map(|name| name.text().to_owned()).or_else(|| path.last().cloned())?;
                Some((name, path))
            });
            walk.modules.push(Names { package, imports: imports.collect() });
        }
        walk
    }

    /// The paths that the findings of a package depend on.
    pub(super) fn reads_of(&mut self, package: &[String]) -> BTreeSet<DocumentPath> {
        self.read.clear();
        self.known.clear();
        let name = [&["data".to_owned()], package, &["findings".to_owned()]].concat();
        let findings = self.rule(&name, &[]);
        self.use_all(&findings);
        std::mem::take(&mut self.read)
    }

    /// The value of a rule, or the result of a function with these arguments.
    pub(super) fn rule(&mut self, name: &[String], args: &[Value]) -> Value {
        let key = (name.to_vec(), args.to_vec());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        self.known.insert(key.clone(), Value::default());
        let rules = self.rules.get(name).cloned().unwrap_or_default();
        if self.depth > MAX_DEPTH {
            return Value::default();
        }
        self.depth += 1;
        let mut value = Value::default();
        for (module, rule) in rules {
            let mut scope = Scope { module, ..Scope::default() };
            match rule {
                Rule::Default { value: default, .. } => value = value.or(self.value(default, &mut scope)),
                Rule::Spec { head, bodies, .. } => {
                    if let RuleHead::Func { args: patterns, .. } = head {
                        for (pattern, arg) in patterns.iter().zip(args) {
                            self.bind(pattern, arg, &mut scope);
                        }
                    }
                    if bodies.is_empty() {
                        value = value.or(self.head(head, None, &mut scope));
                    }
                    for body in bodies {
                        let mut scope = scope.clone();
                        self.query(&body.query, &mut scope);
                        let own = body.assign.as_ref().map(|assign| &assign.value);
                        value = value.or(self.head(head, own, &mut scope));
                    }
                }
            }
        }
        self.depth -= 1;
        self.known.insert(key, value.clone());
        value
    }

    fn head(&mut self, head: &'a RuleHead, own: Option<&'a Ref<Expr>>, scope: &mut Scope) -> Value {
        match head {
            RuleHead::Set { key, .. } => {
                Value::collection(key.as_ref().map(|key| self.value(key, scope)).unwrap_or_default())
            }
            RuleHead::Compr { refr, assign, .. } | RuleHead::Func { refr, assign, .. } => {
                let given = own.or_else(|| assign.as_ref().map(|assign| &assign.value));
                let value = given.map(|given| self.value(given, scope)).unwrap_or_default();
                match refr.as_ref() {
                    Expr::RefBrack { refr, index, .. } if is_name(refr) => {
                        let key = self.value(index, scope);
                        self.use_all(&key);
                        Value::collection(value)
                    }
                    _ => value,
                }
            }
        }
    }

    /// Evaluates the statements of a query in order. If a statement uses a variable that a later statement sets, evaluates all statements again.
    fn query(&mut self, query: &'a Query, scope: &mut Scope) {
        let declared = names_of(&query.stmts);
        for name in &declared {
            scope.variables.remove(name);
        }
        scope.missed.clear();
        for _ in 0..2 {
            for statement in &query.stmts {
                self.statement(&statement.literal, scope);
            }
            if !scope.missed.iter().any(|name| scope.variables.contains_key(name)) {
                break;
            }
        }
    }

    fn statement(&mut self, literal: &'a Literal, scope: &mut Scope) {
        match literal {
            Literal::SomeVars { .. } => {}
            Literal::SomeIn { key, value, collection, .. } => {
                let collection = self.value(collection, scope);
                self.use_itself(&collection);
                if let Some(key) = key {
                    self.bind(key, &keys(&collection), scope);
                }
                self.bind(value, &entries(&collection), scope);
            }
            Literal::Expr { expr, .. } | Literal::NotExpr { expr, .. } => {
                let value = self.value(expr, scope);
                self.use_itself(&value);
            }
            Literal::Every { key, value, domain, query, .. } => {
                let domain = self.value(domain, scope);
                self.use_itself(&domain);
                let mut inner = scope.clone();
                if let Some(key) = key {
                    inner.variables.insert(key.text().to_owned(), keys(&domain));
                }
                inner.variables.insert(value.text().to_owned(), entries(&domain));
                self.query(query, &mut inner);
            }
        }
    }

    fn bind(&mut self, pattern: &'a Expr, value: &Value, scope: &mut Scope) {
        match pattern {
            Expr::Var { span, .. } => {
                let known = scope.variables.remove(span.text()).unwrap_or_default();
                scope.variables.insert(span.text().to_owned(), known.or(value.clone()));
            }
            Expr::Array { items, .. } => {
                for (nth, item) in items.iter().enumerate() {
                    self.bind(item, &value.at(Some(&nth.to_string())), scope);
                }
            }
            Expr::Object { fields, .. } => {
                for (_, key, item) in fields {
                    let key = self.value(key, scope);
                    self.bind(item, &value.at_value(&key), scope);
                }
            }
            other => {
                let other = self.value(other, scope);
                self.use_all(&other);
                self.use_all(value);
            }
        }
    }

    pub(super) fn value(&mut self, expression: &'a Expr, scope: &mut Scope) -> Value {
        match expression {
            Expr::String { value, .. } | Expr::RawString { value, .. } => {
                value.as_string().map(|text| Value::text(text)).unwrap_or_default()
            }
            Expr::Number { span, .. } => Value::text(span.text()),
            Expr::Bool { .. } | Expr::Null { .. } => Value::default(),
            Expr::Var { span, .. } => self.name(span.text(), scope),
            Expr::RefDot { .. } | Expr::RefBrack { .. } => self.reference(expression, scope),
            Expr::Array { items, .. } => {
                let fields =
                    items.iter().enumerate().map(|(nth, item)| (nth.to_string().into(), self.value(item, scope)));
                Value { fields: fields.collect(), ..Value::default() }
            }
            Expr::Set { items, .. } => {
                let items = items.iter().map(|item| self.value(item, scope)).fold(Value::default(), Value::or);
                Value::collection(items)
            }
            Expr::Object { fields, .. } => {
                let mut made = Value::default();
                for (_, key, value) in fields {
                    let (key, value) = (self.value(key, scope), self.value(value, scope));
                    let one = match key.texts.first() {
                        Some(text) => Value { fields: [(Rc::clone(text), value)].into(), ..Value::default() },
                        None => Value::collection(value),
                    };
                    made = made.or(one);
                }
                made
            }
            Expr::ArrayCompr { term, query, .. } | Expr::SetCompr { term, query, .. } => {
                let mut inner = scope.clone();
                self.query(query, &mut inner);
                Value::collection(self.value(term, &mut inner))
            }
            Expr::ObjectCompr { key, value, query, .. } => {
                let mut inner = scope.clone();
                self.query(query, &mut inner);
                let key = self.value(key, &mut inner);
                self.use_all(&key);
                Value::collection(self.value(value, &mut inner))
            }
            Expr::Call { fcn, params, .. } => self.call(fcn, params, scope),
            Expr::UnaryExpr { expr, .. } => {
                let value = self.value(expr, scope);
                self.use_all(&value);
                Value::default()
            }
            Expr::BinExpr { lhs, rhs, .. } => self.value(lhs, scope).or(self.value(rhs, scope)),
            Expr::ArithExpr { lhs, rhs, .. } => {
                self.both(lhs, rhs, scope);
                // `-` may be a set difference.
                self.value(lhs, scope)
            }
            Expr::AssignExpr { op: AssignOp::ColEq, lhs, rhs, .. } => {
                let value = self.value(rhs, scope);
                self.bind(lhs, &value, scope);
                Value::default()
            }
            Expr::AssignExpr { lhs, rhs, .. } | Expr::BoolExpr { lhs, rhs, .. } => self.both(lhs, rhs, scope),
            Expr::Membership { key, value, collection, .. } => {
                for part in key.iter().chain([value]) {
                    let part = self.value(part, scope);
                    self.use_all(&part);
                }
                let collection = self.value(collection, scope);
                self.use_itself(&collection);
                self.use_all(&entries(&collection));
                Value::default()
            }
        }
    }

    fn both(&mut self, one: &'a Expr, two: &'a Expr, scope: &mut Scope) -> Value {
        for side in [one, two] {
            let value = self.value(side, scope);
            self.use_all(&value);
        }
        Value::default()
    }

    fn name(&mut self, name: &str, scope: &mut Scope) -> Value {
        if let Some(value) = scope.variables.get(name) {
            return value.clone();
        }
        self.named_value(name, &[], scope)
    }

    /// The path that a name in a module refers to: a document, an import or a rule of the module. `None` for a variable.
    pub(super) fn path(&self, name: &str, module: usize) -> Option<Vec<String>> {
        let names = self.modules.get(module)?;
        if matches!(name, "input" | "data") {
            return Some(vec![name.to_owned()]);
        }
        let own = [names.package.as_slice(), &[name.to_owned()]].concat();
        names.imports.get(name).cloned().or_else(|| self.rules.contains_key(&own).then_some(own))
    }

    fn reference(&mut self, expression: &'a Expr, scope: &mut Scope) -> Value {
        let mut keys = Vec::new();
        let mut base = expression;
        loop {
            match base {
                Expr::RefDot { refr, field, .. } => {
                    keys.push(Value::text(field.0.text()));
                    base = refr;
                }
                Expr::RefBrack { refr, index, .. } => {
                    let key = self.value(index, scope);
                    self.use_all(&key);
                    keys.push(key);
                    base = refr;
                }
                _ => break,
            }
        }
        keys.reverse();
        let Expr::Var { span, .. } = base else {
            let base = self.value(base, scope);
            return keys.iter().fold(base, |value, key| value.at_value(key));
        };
        if let Some(value) = scope.variables.get(span.text()) {
            return keys.iter().fold(value.clone(), |value, key| value.at_value(key));
        }
        self.named_value(span.text(), &keys, scope)
    }

    /// The values at the keys below the document, import or rule with this name. Any other name is a variable without a value, and is added to
    /// `missed`.
    fn named_value(&mut self, name: &str, keys: &[Value], scope: &mut Scope) -> Value {
        if let Some(path) = self.path(name, scope.module) {
            return self.absolute(&path, keys);
        }
        scope.missed.insert(name.to_owned());
        Value::default()
    }

    /// The values at the keys below the path of a rule or document.
    fn absolute(&mut self, path: &[String], keys: &[Value]) -> Value {
        let mut full = path.to_vec();
        for nth in 0..=keys.len() {
            if self.rules.contains_key(&full) {
                let value = self.rule(&full, &[]);
                return keys.iter().skip(nth).fold(value, |value, key| value.at_value(key));
            }
            match keys.get(nth).and_then(|key| key.texts.first()) {
                Some(text) => full.push(text.to_string()),
                None => break,
            }
        }
        let mut steps = path.iter();
        let root = steps.next().map(|root| Value::document(root)).unwrap_or_default();
        let at = steps.fold(root, |value, step| value.at(Some(step)));
        keys.iter().fold(at, |value, key| value.at_value(key))
    }

    /// Records that a rule reads the value itself, but not its parts.
    pub(super) fn use_itself(&mut self, value: &Value) {
        self.read.extend(value.paths.iter().cloned());
    }

    pub(super) fn use_all(&mut self, value: &Value) {
        value.everything(&mut self.read);
    }
}
