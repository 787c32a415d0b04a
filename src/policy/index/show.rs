//! Prints an index for people.

use std::collections::BTreeSet;

use super::model::{Body, Builtin, Compare, Const, Def, Index, Kind, Pattern, Step, Term, Test};

/// Stands for a condition that was not understood and may hold.
const UNKNOWN: &str = "…";
/// Maximum length of a shown collection in characters.
const MAX_LENGTH: usize = 100;

/// Shows the conditions under which a rule is evaluated, and the helpers that they use. `None` if the rule is always evaluated.
pub(crate) fn show(index: &Index, rule: &str) -> Option<String> {
    let root = *index.roots.get(rule)?;
    let mut writer = Writer { index, used: Vec::new(), known: BTreeSet::from([root]) };
    let def = index.defs.get(root)?;
    let bodies = def.bodies.as_deref()?;
    let mut text = String::new();
    for (nth, body) in bodies.iter().enumerate() {
        let lines = writer.lines(body);
        if lines.is_empty() {
            return None;
        }
        text.push_str(if nth == 0 { "" } else { "or\n" });
        text.extend(lines.iter().map(|line| format!("  {line}\n")));
    }
    let mut next = 0;
    while let Some(at) = writer.used.get(next).copied() {
        next += 1;
        if let Some(def) = index.defs.get(at) {
            text.push('\n');
            text.push_str(&writer.helper(def));
        }
    }
    Some(text)
}

struct Writer<'a> {
    index: &'a Index,
    used: Vec<usize>,
    known: BTreeSet<usize>,
}

impl Writer<'_> {
    fn helper(&mut self, def: &Def) -> String {
        let Some(bodies) = &*def.bodies else { return format!("{} {UNKNOWN}\n", short_name(&def.name)) };
        let mut text = String::new();
        if let Some(default) = &def.default {
            text.push_str(&format!("default {} := {}\n", short_name(&def.name), constant(default)));
        }
        for body in bodies {
            let args: Vec<String> = body.args.iter().map(|arg| pattern(arg, body)).collect();
            let args = if def.kind == Kind::Function { format!("({})", args.join(", ")) } else { String::new() };
            let value = self.term(&body.value, body);
            let head = match (&body.key, def.kind) {
                (Some(key), _) => format!("{}[{}] := {value}", short_name(&def.name), self.term(key, body)),
                (None, Kind::Set) => format!("{} contains {value}", short_name(&def.name)),
                (None, _) if value == "true" => format!("{}{args}", short_name(&def.name)),
                (None, _) => format!("{}{args} := {value}", short_name(&def.name)),
            };
            let lines = self.lines(body);
            text.push_str(if body.is_else { "else " } else { "" });
            text.push_str(&head);
            text.push_str(if lines.is_empty() { "\n" } else { " if\n" });
            text.extend(lines.iter().map(|line| format!("  {line}\n")));
        }
        text
    }

    /// The conditions of a body, except the conditions that were not understood.
    fn lines(&mut self, body: &Body) -> Vec<String> {
        let mut lines = Vec::new();
        for test in &body.tests {
            let line = match &**test {
                Test::Unknown
                | Test::Holds(Term::Unknown | Term::Opaque(_))
                | Test::Not(Term::Unknown | Term::Opaque(_))
                | Test::Let(_, Term::Unknown | Term::Opaque(_)) => continue,
                Test::Holds(term) => self.term(term, body),
                Test::Not(term) => format!("not {}", self.term(term, body)),
                Test::Let(name, term) => format!("{} := {}", pattern(name, body), self.term(term, body)),
                Test::Some(key, value, collection) => {
                    let key = key.as_ref().map(|key| format!("{}, ", pattern(key, body))).unwrap_or_default();
                    format!("some {key}{} in {}", pattern(value, body), self.term(collection, body))
                }
            };
            lines.push(line);
        }
        lines
    }

    fn name(&mut self, at: usize) -> String {
        if self.known.insert(at) {
            self.used.push(at);
        }
        self.index.defs.get(at).map_or_else(|| UNKNOWN.to_owned(), |def| short_name(&def.name).to_owned())
    }

    fn term(&mut self, term: &Term, body: &Body) -> String {
        match term {
            Term::Unknown | Term::Opaque(_) => UNKNOWN.to_owned(),
            Term::Const(value) => constant(value),
            Term::Input(at, steps) => format!("{}{}", self.input(*at), self.steps(steps, body)),
            Term::Data(at, steps) => {
                let path: String = self.index.paths.get(*at).into_iter().flatten().map(|key| step(key)).collect();
                format!("data{path}{}", self.steps(steps, body))
            }
            Term::Local(slot, steps) => format!("{}{}", variable(*slot, body), self.steps(steps, body)),
            Term::Rule(at, steps) => format!("{}{}", self.name(*at), self.steps(steps, body)),
            Term::Call(at, terms) => format!("{}({})", self.name(*at), self.terms(terms, body)),
            Term::Array(terms) => format!("[{}]", self.terms(terms, body)),
            Term::Object(_) => format!("{{{UNKNOWN}}}"),
            Term::Set(terms) => format!("{{{}}}", self.terms(terms, body)),
            Term::Builtin(builtin, terms) => {
                let operator = match builtin {
                    Builtin::Add => "+",
                    Builtin::Sub => "-",
                    Builtin::Mul => "*",
                    Builtin::Div => "/",
                    Builtin::SetUnion => "|",
                    Builtin::SetIntersection => "&",
                    Builtin::Lower => return format!("lower({})", self.terms(terms, body)),
                    Builtin::Upper => return format!("upper({})", self.terms(terms, body)),
                    Builtin::StartsWith => return format!("startswith({})", self.terms(terms, body)),
                    Builtin::EndsWith => return format!("endswith({})", self.terms(terms, body)),
                    Builtin::Contains => return format!("contains({})", self.terms(terms, body)),
                    Builtin::Filter => return format!("object.filter({})", self.terms(terms, body)),
                    Builtin::Get => return format!("object.get({})", self.terms(terms, body)),
                    Builtin::ParseTime => return format!("time.parse_rfc3339_ns({})", self.terms(terms, body)),
                    Builtin::Concat => return format!("concat({})", self.terms(terms, body)),
                    Builtin::Sum => return format!("sum({})", self.terms(terms, body)),
                    Builtin::IsString => return format!("is_string({})", self.terms(terms, body)),
                    Builtin::Marshal => return format!("json.marshal({})", self.terms(terms, body)),
                    Builtin::Matches => return format!("regex.match({})", self.terms(terms, body)),
                    Builtin::Remove => return format!("object.remove({})", self.terms(terms, body)),
                    Builtin::IsObject => return format!("is_object({})", self.terms(terms, body)),
                    Builtin::IsArray => return format!("is_array({})", self.terms(terms, body)),
                    Builtin::IsBoolean => return format!("is_boolean({})", self.terms(terms, body)),
                    Builtin::Union => return format!("object.union({})", self.terms(terms, body)),
                    Builtin::Replace => return format!("replace({})", self.terms(terms, body)),
                    Builtin::ArraySlice => return format!("array.slice({})", self.terms(terms, body)),
                    Builtin::Split => return format!("split({})", self.terms(terms, body)),
                    Builtin::ArrayConcat => return format!("array.concat({})", self.terms(terms, body)),
                    Builtin::TrimSpace => return format!("trim_space({})", self.terms(terms, body)),
                    Builtin::Min => return format!("min({})", self.terms(terms, body)),
                    Builtin::Max => return format!("max({})", self.terms(terms, body)),
                    Builtin::Sprintf => return UNKNOWN.to_owned(),
                };
                let sides: Vec<String> = terms.iter().map(|term| self.term(term, body)).collect();
                sides.join(&format!(" {operator} "))
            }
            Term::Compare(op, sides) => {
                let op = match op {
                    Compare::Eq => "==",
                    Compare::Ne => "!=",
                    Compare::Lt => "<",
                    Compare::Le => "<=",
                    Compare::Gt => ">",
                    Compare::Ge => ">=",
                };
                format!("{} {op} {}", self.term(&sides.0, body), self.term(&sides.1, body))
            }
            Term::In(sides) => format!("{} in {}", self.term(&sides.0, body), self.term(&sides.1, body)),
            Term::Count(term) => format!("count({})", self.term(term, body)),
            Term::Comprehension(inner) => {
                let inner = Body { names: body.names.clone(), ..(**inner).clone() };
                let value = self.term(&inner.value, &inner);
                format!("[{value} | {}]", self.lines(&inner).join("; "))
            }
        }
    }

    fn input(&self, at: u32) -> String {
        match self.index.inputs.get(at as usize) {
            Some((before, key)) if at > 0 => format!("{}{}", self.input(*before), self.key(*key)),
            _ => "input".to_owned(),
        }
    }

    fn key(&self, number: u32) -> String {
        self.index.keys.get(number as usize).map_or_else(|| UNKNOWN.to_owned(), |key| step(key))
    }

    fn terms(&mut self, terms: &[Term], body: &Body) -> String {
        let terms: Vec<String> = terms.iter().map(|term| self.term(term, body)).collect();
        terms.join(", ")
    }

    fn steps(&mut self, steps: &[Step], body: &Body) -> String {
        let write = |part: &Step| match part {
            Step::Key(key) => self.key(*key),
            Step::Term(term) => format!("[{}]", self.term(term, body)),
        };
        steps.iter().map(write).collect()
    }
}

/// Package and name of a helper in a library; for a helper of the rule itself, only the name.
fn short_name(name: &str) -> &str {
    match name.strip_prefix("data.policies.lib.") {
        Some(rest) => rest,
        None => name.rsplit('.').next().unwrap_or(name),
    }
}

fn step(key: &str) -> String {
    if key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') { format!(".{key}") } else { format!("[{key:?}]") }
}

fn variable(slot: usize, body: &Body) -> String {
    body.names.get(slot).cloned().unwrap_or_else(|| UNKNOWN.to_owned())
}

fn pattern(pattern: &Pattern, body: &Body) -> String {
    match pattern {
        Pattern::Variable(slot) => variable(*slot, body),
        Pattern::Any => "_".to_owned(),
        Pattern::Const(value) => constant(value),
        Pattern::Array(parts) => {
            let parts: Vec<String> = parts.iter().map(|part| self::pattern(part, body)).collect();
            format!("[{}]", parts.join(", "))
        }
        Pattern::Unknown => UNKNOWN.to_owned(),
    }
}

/// Prints a constant. A long collection is shown as `…` in brackets.
fn constant(value: &Const) -> String {
    let text = literal(value);
    match value {
        Const::Array(_) if text.chars().count() > MAX_LENGTH => format!("[{UNKNOWN}]"),
        Const::Set(_) | Const::Object(_) if text.chars().count() > MAX_LENGTH => format!("{{{UNKNOWN}}}"),
        _ => text,
    }
}

fn literal(value: &Const) -> String {
    let list = |items: &[Const]| items.iter().map(constant).collect::<Vec<_>>().join(", ");
    match value {
        Const::Null => "null".to_owned(),
        Const::Bool(value) => value.to_string(),
        Const::Int(value) => value.to_string(),
        Const::Text(text) => format!("{text:?}"),
        Const::Array(items) => format!("[{}]", list(items)),
        Const::Set(items) => format!("{{{}}}", list(items)),
        Const::Object(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|(key, value)| format!("{}: {}", constant(key), constant(value))).collect();
            format!("{{{}}}", fields.join(", "))
        }
    }
}
