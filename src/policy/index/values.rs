//! Values of rules and functions, and collections of values.

use std::{cmp::Ordering, collections::BTreeSet};

use super::{
    eval::{Call, Frame, Query},
    model::{Body, Compare, Def, Kind, Pattern, Term, Test},
    partial::{
        Holds::{self, No, Perhaps, Yes},
        Partial, equal,
    },
};

/// Maximum number of cached calls of a function.
const MAX_CALLS: usize = 64;

impl<'a> Query<'a, '_> {
    /// The value of a rule without arguments.
    pub(super) fn rule_value(&self, at: usize) -> Partial<'a> {
        let Some(def) = self.def(at) else { return Partial::Unknown };
        match def.kind {
            Kind::Set | Kind::Object if def.bodies.is_some() => return Partial::Rule(at),
            Kind::Value => {}
            _ => return Partial::Unknown,
        }
        let known = self.rule_values.borrow().get(at).copied().flatten();
        known.unwrap_or_else(|| {
            let value = self.definition_value(def, &[]);
            if let Some(known) = self.rule_values.borrow_mut().get_mut(at) {
                *known = Some(value);
            }
            value
        })
    }

    pub(super) fn call(&self, at: usize, args: &[Partial<'a>]) -> Partial<'a> {
        let Some(def) = self.def(at).filter(|def| def.kind == Kind::Function) else { return Partial::Unknown };
        let value = self.cached_call(at, args).unwrap_or_else(|| {
            let value = self.definition_value(def, args);
            let mut calls = self.calls.borrow_mut();
            let calls = calls.entry(at).or_default();
            if calls.len() < MAX_CALLS {
                calls.push((args.into(), value));
            }
            value
        });
        // The machine calls functions with undefined arguments, the interpreter does not.
        let undefined = args.iter().any(|arg| defined(*arg) != Yes);
        if undefined && !matches!(value, Partial::Undefined) { Partial::Unknown } else { value }
    }

    /// The cached value of a call with the same arguments.
    fn cached_call(&self, at: usize, args: &[Partial<'a>]) -> Option<Partial<'a>> {
        let calls = self.calls.borrow();
        let is_it = |(known, _): &&Call<'a>| {
            known.len() == args.len() && known.iter().zip(args).all(|(one, other)| one.is_identical(*other))
        };
        calls.get(&at)?.iter().find(is_it).map(|(_, value)| *value)
    }

    fn definition_value(&self, def: &'a Def, args: &[Partial<'a>]) -> Partial<'a> {
        let Some(bodies) = &def.bodies else { return Partial::Unknown };
        if self.too_deep() {
            return Partial::Unknown;
        }
        let value = self.value_of_bodies(bodies, args);
        self.exit_call();
        match (value, &def.default) {
            (Partial::Undefined, Some(default)) => Partial::from(default),
            (value, _) => value,
        }
    }

    fn value_of_bodies(&self, bodies: &'a [Body], args: &[Partial<'a>]) -> Partial<'a> {
        let mut found = Partial::Undefined;
        let (mut done, mut perhaps) = (false, false);
        for body in bodies {
            if body.is_else && done {
                continue;
            }
            done = false;
            let mut frame = vec![Partial::Unknown; body.slots];
            let mut bound = if args.len() == body.args.len() { Yes } else { Perhaps };
            for (pattern, arg) in body.args.iter().zip(args) {
                bound = bound.min(self.bind(pattern, *arg, &mut frame));
            }
            if bound == No {
                continue;
            }
            let constant = matches!(body.value, Term::Const(_));
            if bound == Yes && loops(body) && !constant {
                match self.agreed_value(body, &mut frame) {
                    Some(Partial::Undefined) => {}
                    Some(value) if matches!(found, Partial::Undefined) => (found, done) = (value, true),
                    Some(value) if equal(found, value) == Yes => done = true,
                    Some(_) => return Partial::Unknown,
                    None => perhaps = true,
                }
                continue;
            }
            let mut value = Partial::Undefined;
            let mut several = false;
            let held = bound.min(self.solve(body, &mut frame, Yes, &mut |frame| {
                let next = self.detached_term(&body.value, frame);
                several |= !matches!(value, Partial::Undefined) && equal(value, next) != Yes;
                value = next;
                defined(next)
            }));
            let value = match held {
                No => continue,
                Yes if !several && !loops(body) => value,
                Yes if constant => value,
                // Another body may certainly give the same value.
                _ => {
                    perhaps = true;
                    continue;
                }
            };
            done = true;
            if matches!(found, Partial::Undefined) {
                found = value;
            } else if equal(found, value) != Yes {
                return Partial::Unknown;
            }
        }
        let first = bodies.first().map(|body| &body.value);
        let one = || bodies.iter().all(|body| matches!(body.value, Term::Const(_)) && Some(&body.value) == first);
        if perhaps && (matches!(found, Partial::Undefined) || !one()) { Partial::Unknown } else { found }
    }

    /// The value that all solutions of a body agree on: `Undefined` without a solution, `None` if not certain.
    fn agreed_value(&self, body: &'a Body, frame: &mut Frame<'a>) -> Option<Partial<'a>> {
        let before = self.certain.replace(Yes);
        let (mut value, mut sure) = (Partial::Undefined, true);
        let held = self.solve(body, frame, Yes, &mut |frame| {
            let next = self.detached_term(&body.value, frame);
            sure &= self.certain.get() == Yes && defined(next) == Yes;
            sure &= matches!(value, Partial::Undefined) || equal(value, next) == Yes;
            value = next;
            // Stop at the first solution that is not certain.
            if sure { No } else { Yes }
        });
        self.certain.set(before);
        (sure && held == No).then_some(value)
    }

    /// Makes a value independent of the variables of its body, for use in other bodies.
    pub(super) fn detach(&self, value: Partial<'a>, frame: &mut Frame<'a>) -> Partial<'a> {
        match value {
            Partial::Comprehension(body) => {
                let values = self.all_values(value, frame);
                values.map_or(Partial::Collection, |values| {
                    if body.is_set { self.store(unique(values), Partial::Set) } else { self.store_array(values, false) }
                })
            }
            Partial::Union(_) | Partial::Intersection(_) => self
                .all_values(value, frame)
                .map_or(Partial::Unknown, |values| self.store(unique(values), Partial::Set)),
            other => other,
        }
    }

    pub(super) fn detached_term(&self, term: &'a Term, frame: &mut Frame<'a>) -> Partial<'a> {
        let value = self.term(term, frame);
        self.detach(value, frame)
    }

    /// One step of a reference.
    pub(super) fn step(&self, value: Partial<'a>, key: Partial<'a>) -> Partial<'a> {
        match value {
            Partial::Object(_) | Partial::Array(_) | Partial::Rule(_) => {
                if matches!(key, Partial::Undefined) {
                    return Partial::Undefined;
                }
                self.item_at(value, key)
            }
            other => other.get(key),
        }
    }

    /// The part of a collection with this key.
    fn item_at(&self, value: Partial<'a>, key: Partial<'a>) -> Partial<'a> {
        let mut sure = true;
        let mut is_it = |name: Partial<'a>| {
            let held = if self.visit() { equal(name, key) } else { Perhaps };
            sure &= held != Perhaps;
            held == Yes
        };
        let found = match value {
            Partial::Rule(at) => {
                let Some(pairs) = self.rule_items(at) else { return Partial::Unknown };
                pairs.iter().find(|(name, _)| is_it(*name)).map(|(_, part)| *part)
            }
            Partial::Object(at) => {
                let parts = self.stored(at);
                let mut pairs = parts.chunks_exact(2).filter_map(|pair| Some((*pair.first()?, *pair.get(1)?)));
                pairs.find(|(name, _)| is_it(*name)).map(|(_, part)| part)
            }
            Partial::Array(at) => {
                let parts = self.stored(at);
                let mut parts = parts.iter().enumerate();
                parts.find(|(at, _)| is_it(Partial::index(*at))).map(|(_, part)| *part)
            }
            _ => return Partial::Unknown,
        };
        found.unwrap_or(if sure { Partial::Undefined } else { Partial::Unknown })
    }

    /// The order of two values in the engine.
    pub(super) fn order(&self, one: Partial<'a>, other: Partial<'a>) -> Option<Ordering> {
        match (one, other) {
            (Partial::Int(one), Partial::Int(other)) => Some(one.cmp(&other)),
            (Partial::Text(one), Partial::Text(other)) => Some(one.cmp(other)),
            (Partial::Array(_), Partial::Array(_)) => {
                let (one, other) = (self.list(one)?, self.list(other)?);
                for (one, other) in one.iter().zip(&other) {
                    match self.order(*one, *other)? {
                        Ordering::Equal => {}
                        unequal => return Some(unequal),
                    }
                }
                Some(one.len().cmp(&other.len()))
            }
            _ => None,
        }
    }

    /// Matches a value with a pattern.
    pub(super) fn bind(&self, pattern: &'a Pattern, value: Partial<'a>, frame: &mut Frame<'a>) -> Holds {
        match pattern {
            Pattern::Any => Yes,
            Pattern::Variable(slot) => {
                if let Some(place) = frame.get_mut(*slot) {
                    *place = value;
                }
                Yes
            }
            Pattern::Const(expected) => equal(Partial::from(expected), value),
            Pattern::Array(parts) => match self.list(value) {
                Some(items) if items.len() != parts.len() => No,
                Some(items) => {
                    let bound = parts.iter().zip(items).map(|(part, item)| self.bind(part, item, frame));
                    bound.min().unwrap_or(Yes)
                }
                None => {
                    for part in parts {
                        self.bind(part, Partial::Unknown, frame);
                    }
                    Perhaps
                }
            },
            Pattern::Unknown => Perhaps,
        }
    }

    fn list(&self, value: Partial<'a>) -> Option<Vec<Partial<'a>>> {
        match value {
            Partial::Array(_) => Some(self.items(value)?.into_iter().map(|(_, part)| part).collect()),
            other => other.list(),
        }
    }
}

/// The items of a set, without duplicates if all are texts.
fn unique(values: Vec<Partial<'_>>) -> Vec<Partial<'_>> {
    let texts: Option<BTreeSet<&str>> = values.iter().map(Partial::as_text).collect();
    texts.map_or(values, |texts| texts.into_iter().map(Partial::Text).collect())
}

fn loops(body: &Body) -> bool {
    body.tests.iter().any(|test| matches!(test, Test::Some(..)))
}

/// Whether a value is defined and not false.
pub(super) fn truth(value: Partial<'_>) -> Holds {
    match value {
        Partial::Undefined | Partial::Bool(false) => No,
        Partial::Unknown => Perhaps,
        _ => Yes,
    }
}

pub(super) fn defined(value: Partial<'_>) -> Holds {
    match value {
        Partial::Undefined => No,
        Partial::Unknown => Perhaps,
        _ => Yes,
    }
}

/// A comparison.
pub(super) fn compare<'a>(op: Compare, left: Partial<'a>, right: Partial<'a>) -> Partial<'a> {
    if matches!(left, Partial::Undefined) || matches!(right, Partial::Undefined) {
        return Partial::Undefined;
    }
    let answer = match op {
        Compare::Eq => equal(left, right),
        Compare::Ne => equal(left, right).not(),
        // A non-zero count.
        Compare::Gt if matches!((left, right), (Partial::NonZero, Partial::Int(..=0))) => Yes,
        Compare::Ge if matches!((left, right), (Partial::NonZero, Partial::Int(..=1))) => Yes,
        Compare::Lt if matches!((left, right), (Partial::NonZero, Partial::Int(..=1))) => No,
        Compare::Le if matches!((left, right), (Partial::NonZero, Partial::Int(..=0))) => No,
        _ => {
            let ordering = match (left, right) {
                (Partial::Int(left), Partial::Int(right)) => left.cmp(&right),
                (Partial::Text(left), Partial::Text(right)) => left.cmp(right),
                _ => return Partial::Unknown,
            };
            Holds::from(match op {
                Compare::Lt => ordering.is_lt(),
                Compare::Le => ordering.is_le(),
                Compare::Gt => ordering.is_gt(),
                _ => ordering.is_ge(),
            })
        }
    };
    if answer == Perhaps { Partial::Unknown } else { Partial::Bool(answer == Yes) }
}
