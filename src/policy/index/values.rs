//! The values of rules and functions, and collections of values.

use std::cmp::Ordering;

use super::{
    eval::{Ask, Frame, Pairs},
    model::{Body, Compare, Def, Kind, Pattern, Term, Test},
    seen::{
        Holds::{self, No, Perhaps, Yes},
        Seen, same,
    },
};

/// Values of a collection that are kept.
const MANY: usize = 200;

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
        let value = self.value(def, args);
        // The machine calls with an argument that is undefined, the interpreter does not.
        let undefined = args.iter().any(|arg| defined(*arg) != Yes);
        if undefined && !matches!(value, Seen::Undefined) { Seen::Unknown } else { value }
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
                Yes if matches!(body.value, Term::Const(_)) => value,
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

    /// A value as it is seen from another body, where the variables of this one have no meaning.
    pub(super) fn outside(&self, value: Seen<'a>, frame: &mut Frame<'a>) -> Seen<'a> {
        match value {
            Seen::All(body) => {
                let form = if body.is_set { Seen::Pool } else { Seen::Heap };
                self.gather(value, frame).map_or(Seen::Collection, |values| self.put(values, form))
            }
            Seen::Either(_) | Seen::Both(_) => {
                self.gather(value, frame).map_or(Seen::Unknown, |values| self.put(values, Seen::Pool))
            }
            other => other,
        }
    }

    /// The items of a rule that is a set or an object, if they are certain. Several rules ask for the same ones.
    pub(super) fn set(&self, at: usize) -> Option<Pairs<'a>> {
        if let Some(known) = self.sets.borrow().get(&at) {
            return known.clone();
        }
        // Whoever asks while it is looked at does not know it.
        self.sets.borrow_mut().insert(at, None);
        let before = self.certain.replace(Yes);
        let (mut pairs, mut sure) = (Vec::new(), true);
        let held = self.each_of_rule(at, Yes, &mut |key, item| {
            sure &= self.certain.get() == Yes && pairs.len() < MANY;
            if sure {
                pairs.push((key, item));
                No
            } else {
                Yes
            }
        });
        self.certain.set(before);
        let found: Option<Pairs<'a>> = (sure && held == No).then(|| pairs.into());
        self.sets.borrow_mut().insert(at, found.clone());
        found
    }

    /// The best answer of `then` for any item of a rule that is a set or an object.
    pub(super) fn each_of_rule(
        &self,
        at: usize,
        enough: Holds,
        then: &mut dyn FnMut(Seen<'a>, Seen<'a>) -> Holds,
    ) -> Holds {
        let bodies = self.def(at).and_then(|def| def.bodies.as_deref());
        let Some(bodies) = bodies.filter(|_| !self.too_deep()) else {
            return self.if_so(Perhaps, || then(Seen::Unknown, Seen::Unknown));
        };
        let mut best = No;
        for body in bodies {
            let mut inner = vec![Seen::Unknown; body.slots];
            best = best.max(self.solve(body, &mut inner, enough, &mut |inner| {
                let value = self.argument(&body.value, inner);
                let key = body.key.as_ref().map_or(value, |key| self.argument(key, inner));
                let held = self.headed(defined(key).min(defined(value)), body);
                self.if_so(held, || then(key, value))
            }));
            if self.settles(best, enough) {
                break;
            }
        }
        self.back();
        best
    }

    /// All values of a collection, if it is certain that these are all.
    pub(super) fn gather(&self, value: Seen<'a>, frame: &mut Frame<'a>) -> Option<Vec<Seen<'a>>> {
        self.pairs(value, frame).map(|pairs| pairs.into_iter().map(|(_, value)| value).collect())
    }

    /// The same with their keys.
    pub(super) fn pairs(&self, value: Seen<'a>, frame: &mut Frame<'a>) -> Option<Vec<(Seen<'a>, Seen<'a>)>> {
        let before = self.certain.replace(Yes);
        let (mut pairs, mut sure) = (Vec::new(), true);
        let held = self.each(value, frame, Yes, &mut |_, key, item| {
            sure &= self.certain.get() == Yes && pairs.len() < MANY;
            if sure {
                pairs.push((key, item));
                No
            } else {
                // There is no need to look at more.
                Yes
            }
        });
        self.certain.set(before);
        // Something was passed over without an answer.
        (sure && held == No).then_some(pairs)
    }

    pub(super) fn put(&self, values: Vec<Seen<'a>>, form: impl FnOnce(usize) -> Seen<'a>) -> Seen<'a> {
        let mut kept = self.kept.borrow_mut();
        kept.push(values);
        form(kept.len() - 1)
    }

    /// A collection of some terms.
    pub(super) fn keep(
        &self,
        terms: &'a [Term],
        frame: &mut Frame<'a>,
        form: impl FnOnce(usize) -> Seen<'a>,
    ) -> Seen<'a> {
        let values: Vec<Seen<'a>> = terms.iter().map(|term| self.argument(term, frame)).collect();
        match values.iter().map(|value| defined(*value)).min().unwrap_or(Yes) {
            No => Seen::Undefined,
            Perhaps => Seen::Unknown,
            Yes => self.put(values, form),
        }
    }

    /// The same of an object: keys and values. Where a key stands twice it is not known which value counts.
    pub(super) fn record(&self, terms: &'a [Term], frame: &mut Frame<'a>) -> Seen<'a> {
        let value = self.keep(terms, frame, Seen::Record);
        let keys: Vec<Seen<'a>> = match value {
            Seen::Record(_) => self.items(value).unwrap_or_default().into_iter().map(|(key, _)| key).collect(),
            other => return other,
        };
        let before = |at: usize, key: Seen<'a>| keys.iter().take(at).any(|other| same(key, *other) != No);
        let twice = keys.iter().enumerate().any(|(at, key)| before(at, *key));
        if twice { Seen::Collection } else { value }
    }

    pub(super) fn argument(&self, term: &'a Term, frame: &mut Frame<'a>) -> Seen<'a> {
        let value = self.term(term, frame);
        self.outside(value, frame)
    }

    /// The keys and values of a collection.
    pub(super) fn items(&self, value: Seen<'a>) -> Option<Vec<(Seen<'a>, Seen<'a>)>> {
        let kept = |at: usize| self.kept.borrow().get(at).cloned().unwrap_or_default().into_iter();
        match value {
            Seen::Tuple(at) => Some(kept(at).enumerate().map(|(at, part)| (Seen::index(at), part)).collect()),
            Seen::Pool(at) | Seen::Heap(at) => Some(kept(at).map(|part| (Seen::Unknown, part)).collect()),
            Seen::Record(at) => {
                let parts: Vec<Seen<'a>> = kept(at).collect();
                Some(parts.chunks_exact(2).filter_map(|pair| Some((*pair.first()?, *pair.get(1)?))).collect())
            }
            other => other.items(),
        }
    }

    /// One step of a reference.
    pub(super) fn step(&self, value: Seen<'a>, key: Seen<'a>) -> Seen<'a> {
        match value {
            Seen::Record(_) | Seen::Tuple(_) | Seen::Rule(_) => {
                if matches!(key, Seen::Undefined) {
                    return Seen::Undefined;
                }
                let Some(parts) = self.pairs(value, &mut Vec::new()) else { return Seen::Unknown };
                let mut sure = true;
                for (name, part) in parts {
                    match same(name, key) {
                        Yes => return part,
                        Perhaps => sure = false,
                        No => {}
                    }
                }
                if sure { Seen::Undefined } else { Seen::Unknown }
            }
            other => other.get(key),
        }
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

    /// Takes a value apart into variables.
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
        // A count that is not zero.
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
