//! Values of rules and functions, and collections of values.

use std::{cmp::Ordering, collections::BTreeSet};

use super::{
    eval::{Ask, Call, Frame},
    model::{Body, Compare, Def, Kind, Pattern, Term, Test},
    seen::{
        Holds::{self, No, Perhaps, Yes},
        Seen, same,
    },
};

/// Maximum number of cached calls of a function.
const CALLS: usize = 64;

impl<'a> Ask<'a, '_> {
    /// The value of a rule without arguments.
    pub(super) fn rule(&self, at: usize) -> Seen<'a> {
        let Some(def) = self.def(at) else { return Seen::Unknown };
        match def.kind {
            Kind::Set | Kind::Object if def.bodies.is_some() => return Seen::Rule(at),
            Kind::Value => {}
            _ => return Seen::Unknown,
        }
        let known = self.known.borrow().get(at).copied().flatten();
        known.unwrap_or_else(|| {
            let value = self.value(def, &[]);
            if let Some(known) = self.known.borrow_mut().get_mut(at) {
                *known = Some(value);
            }
            value
        })
    }

    pub(super) fn call(&self, at: usize, args: &[Seen<'a>]) -> Seen<'a> {
        let Some(def) = self.def(at).filter(|def| def.kind == Kind::Function) else { return Seen::Unknown };
        let value = self.remembered(at, args).unwrap_or_else(|| {
            let value = self.value(def, args);
            let mut calls = self.calls.borrow_mut();
            let calls = calls.entry(at).or_default();
            if calls.len() < CALLS {
                calls.push((args.into(), value));
            }
            value
        });
        // The machine calls functions with undefined arguments, the interpreter does not.
        let undefined = args.iter().any(|arg| defined(*arg) != Yes);
        if undefined && !matches!(value, Seen::Undefined) { Seen::Unknown } else { value }
    }

    /// The cached value of a call with the same arguments.
    fn remembered(&self, at: usize, args: &[Seen<'a>]) -> Option<Seen<'a>> {
        let calls = self.calls.borrow();
        let is_it = |(known, _): &&Call<'a>| {
            known.len() == args.len() && known.iter().zip(args).all(|(one, other)| one.is(*other))
        };
        calls.get(&at)?.iter().find(is_it).map(|(_, value)| *value)
    }

    fn value(&self, def: &'a Def, args: &[Seen<'a>]) -> Seen<'a> {
        let Some(bodies) = &def.bodies else { return Seen::Unknown };
        if self.too_deep() {
            return Seen::Unknown;
        }
        let value = self.bodies(bodies, args);
        self.back();
        match (value, &def.default) {
            (Seen::Undefined, Some(default)) => Seen::from(default),
            (value, _) => value,
        }
    }

    fn bodies(&self, bodies: &'a [Body], args: &[Seen<'a>]) -> Seen<'a> {
        let mut found = Seen::Undefined;
        let (mut done, mut perhaps) = (false, false);
        for body in bodies {
            if body.is_else && done {
                continue;
            }
            done = false;
            let mut frame = vec![Seen::Unknown; body.slots];
            let mut bound = if args.len() == body.args.len() { Yes } else { Perhaps };
            for (pattern, arg) in body.args.iter().zip(args) {
                bound = bound.min(self.bind(pattern, *arg, &mut frame));
            }
            if bound == No {
                continue;
            }
            let constant = matches!(body.value, Term::Const(_));
            if bound == Yes && loops(body) && !constant {
                match self.looped(body, &mut frame) {
                    Some(Seen::Undefined) => {}
                    Some(value) if matches!(found, Seen::Undefined) => (found, done) = (value, true),
                    Some(value) if same(found, value) == Yes => done = true,
                    Some(_) => return Seen::Unknown,
                    None => perhaps = true,
                }
                continue;
            }
            let mut value = Seen::Undefined;
            let mut several = false;
            let held = bound.min(self.solve(body, &mut frame, Yes, &mut |frame| {
                let next = self.argument(&body.value, frame);
                several |= !matches!(value, Seen::Undefined) && same(value, next) != Yes;
                value = next;
                defined(next)
            }));
            let value = match held {
                No => continue,
                Yes if !several && !loops(body) => value,
                Yes if constant => value,
                // One of the others may give the same value for certain.
                _ => {
                    perhaps = true;
                    continue;
                }
            };
            done = true;
            if matches!(found, Seen::Undefined) {
                found = value;
            } else if same(found, value) != Yes {
                return Seen::Unknown;
            }
        }
        let first = bodies.first().map(|body| &body.value);
        let one = || bodies.iter().all(|body| matches!(body.value, Term::Const(_)) && Some(&body.value) == first);
        if perhaps && (matches!(found, Seen::Undefined) || !one()) { Seen::Unknown } else { found }
    }

    /// The value that all solutions of a body agree on: `Undefined` without a solution, `None` if not certain.
    fn looped(&self, body: &'a Body, frame: &mut Frame<'a>) -> Option<Seen<'a>> {
        let before = self.certain.replace(Yes);
        let (mut value, mut sure) = (Seen::Undefined, true);
        let held = self.solve(body, frame, Yes, &mut |frame| {
            let next = self.argument(&body.value, frame);
            sure &= self.certain.get() == Yes && defined(next) == Yes;
            sure &= matches!(value, Seen::Undefined) || same(value, next) == Yes;
            value = next;
            // Stop at the first solution that is not certain.
            if sure { No } else { Yes }
        });
        self.certain.set(before);
        (sure && held == No).then_some(value)
    }

    /// A value as it is seen from another body, where the variables of this one have no meaning.
    pub(super) fn outside(&self, value: Seen<'a>, frame: &mut Frame<'a>) -> Seen<'a> {
        match value {
            Seen::All(body) => {
                let values = self.gather(value, frame);
                values.map_or(Seen::Collection, |values| {
                    if body.is_set { self.put(once(values), Seen::Pool) } else { self.array(values, false) }
                })
            }
            Seen::Either(_) | Seen::Both(_) => {
                self.gather(value, frame).map_or(Seen::Unknown, |values| self.put(once(values), Seen::Pool))
            }
            other => other,
        }
    }

    pub(super) fn argument(&self, term: &'a Term, frame: &mut Frame<'a>) -> Seen<'a> {
        let value = self.term(term, frame);
        self.outside(value, frame)
    }

    /// One step of a reference.
    pub(super) fn step(&self, value: Seen<'a>, key: Seen<'a>) -> Seen<'a> {
        match value {
            Seen::Record(_) | Seen::Tuple(_) | Seen::Rule(_) => {
                if matches!(key, Seen::Undefined) {
                    return Seen::Undefined;
                }
                self.find(value, key)
            }
            other => other.get(key),
        }
    }

    /// The part of a collection with this key.
    fn find(&self, value: Seen<'a>, key: Seen<'a>) -> Seen<'a> {
        let mut sure = true;
        let mut is_it = |name: Seen<'a>| {
            let held = if self.look() { same(name, key) } else { Perhaps };
            sure &= held != Perhaps;
            held == Yes
        };
        let found = match value {
            Seen::Rule(at) => {
                let Some(pairs) = self.set(at) else { return Seen::Unknown };
                pairs.iter().find(|(name, _)| is_it(*name)).map(|(_, part)| *part)
            }
            Seen::Record(at) => {
                let parts = self.parts(at);
                let mut pairs = parts.chunks_exact(2).filter_map(|pair| Some((*pair.first()?, *pair.get(1)?)));
                pairs.find(|(name, _)| is_it(*name)).map(|(_, part)| part)
            }
            Seen::Tuple(at) => {
                let parts = self.parts(at);
                let mut parts = parts.iter().enumerate();
                parts.find(|(at, _)| is_it(Seen::index(*at))).map(|(_, part)| *part)
            }
            _ => return Seen::Unknown,
        };
        found.unwrap_or(if sure { Seen::Undefined } else { Seen::Unknown })
    }

    /// Which of two values the engine takes for the smaller one.
    pub(super) fn order(&self, one: Seen<'a>, other: Seen<'a>) -> Option<Ordering> {
        match (one, other) {
            (Seen::Int(one), Seen::Int(other)) => Some(one.cmp(&other)),
            (Seen::Text(one), Seen::Text(other)) => Some(one.cmp(other)),
            (Seen::Tuple(_), Seen::Tuple(_)) => {
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
    pub(super) fn bind(&self, pattern: &'a Pattern, value: Seen<'a>, frame: &mut Frame<'a>) -> Holds {
        match pattern {
            Pattern::Any => Yes,
            Pattern::Variable(slot) => {
                if let Some(place) = frame.get_mut(*slot) {
                    *place = value;
                }
                Yes
            }
            Pattern::Const(expected) => same(Seen::from(expected), value),
            Pattern::Array(parts) => match self.list(value) {
                Some(items) if items.len() != parts.len() => No,
                Some(items) => {
                    let bound = parts.iter().zip(items).map(|(part, item)| self.bind(part, item, frame));
                    bound.min().unwrap_or(Yes)
                }
                None => {
                    for part in parts {
                        self.bind(part, Seen::Unknown, frame);
                    }
                    Perhaps
                }
            },
            Pattern::Unknown => Perhaps,
        }
    }

    fn list(&self, value: Seen<'a>) -> Option<Vec<Seen<'a>>> {
        match value {
            Seen::Tuple(_) => Some(self.items(value)?.into_iter().map(|(_, part)| part).collect()),
            other => other.list(),
        }
    }
}

/// The items of a set, without duplicates if all are texts.
fn once(values: Vec<Seen<'_>>) -> Vec<Seen<'_>> {
    let texts: Option<BTreeSet<&str>> = values.iter().map(Seen::plain).collect();
    texts.map_or(values, |texts| texts.into_iter().map(Seen::Text).collect())
}

fn loops(body: &Body) -> bool {
    body.tests.iter().any(|test| matches!(test, Test::Some(..)))
}

/// Whether a value is defined and not false.
pub(super) fn truth(value: Seen<'_>) -> Holds {
    match value {
        Seen::Undefined | Seen::Bool(false) => No,
        Seen::Unknown => Perhaps,
        _ => Yes,
    }
}

pub(super) fn defined(value: Seen<'_>) -> Holds {
    match value {
        Seen::Undefined => No,
        Seen::Unknown => Perhaps,
        _ => Yes,
    }
}

/// A comparison.
pub(super) fn compare<'a>(op: Compare, left: Seen<'a>, right: Seen<'a>) -> Seen<'a> {
    if matches!(left, Seen::Undefined) || matches!(right, Seen::Undefined) {
        return Seen::Undefined;
    }
    let answer = match op {
        Compare::Eq => same(left, right),
        Compare::Ne => same(left, right).not(),
        // A non-zero count.
        Compare::Gt if matches!((left, right), (Seen::Some, Seen::Int(..=0))) => Yes,
        Compare::Ge if matches!((left, right), (Seen::Some, Seen::Int(..=1))) => Yes,
        Compare::Lt if matches!((left, right), (Seen::Some, Seen::Int(..=1))) => No,
        Compare::Le if matches!((left, right), (Seen::Some, Seen::Int(..=0))) => No,
        _ => {
            let ordering = match (left, right) {
                (Seen::Int(left), Seen::Int(right)) => left.cmp(&right),
                (Seen::Text(left), Seen::Text(right)) => left.cmp(right),
                _ => return Seen::Unknown,
            };
            Holds::from(match op {
                Compare::Lt => ordering.is_lt(),
                Compare::Le => ordering.is_le(),
                Compare::Gt => ordering.is_gt(),
                _ => ordering.is_ge(),
            })
        }
    };
    if answer == Perhaps { Seen::Unknown } else { Seen::Bool(answer == Yes) }
}
