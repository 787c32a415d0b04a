//! The items of collections.

use std::{collections::BTreeSet, rc::Rc};

use regorus::Value;

use super::{
    eval::{Ask, Frame, Pairs},
    model::{Const, Kind, Term},
    seen::{
        Holds::{self, No, Perhaps, Yes},
        Seen, same,
    },
    values::defined,
};

/// Maximum number of items of a collection to cache.
const MANY: usize = 200;

impl<'a> Ask<'a, '_> {
    /// The best result of `then` over the items of a collection, called with the key and the item.
    pub(super) fn each(
        &self,
        collection: Seen<'a>,
        frame: &mut Frame<'a>,
        enough: Holds,
        then: &mut dyn FnMut(&mut Frame<'a>, Seen<'a>, Seen<'a>) -> Holds,
    ) -> Holds {
        let mut best = No;
        let mut add = |held: Holds| {
            best = best.max(held);
            self.settles(best, enough)
        };
        match collection {
            Seen::Undefined => {}
            Seen::Rule(def) => match self.set(def) {
                Some(pairs) => {
                    for (key, item) in pairs.iter().copied() {
                        if !self.look() {
                            return Perhaps;
                        }
                        if add(then(frame, key, item)) {
                            break;
                        }
                    }
                }
                None => {
                    add(self.each_of_rule(def, enough, &mut |key, item| then(frame, key, item)));
                }
            },
            Seen::All(body) => {
                // The comprehension's value is not needed, so it has no known place. Its variables may change if it is evaluated again in
                // the meantime.
                let mut inner = frame.clone();
                let held = self.solve(body, &mut inner, enough, &mut |inner| {
                    let value = self.argument(&body.value, inner);
                    // The machine adds an item to an array for an undefined value, the interpreter does not.
                    match defined(value) {
                        No if !body.is_set => self.if_so(Perhaps, || then(frame, Seen::Unknown, Seen::Unknown)),
                        held => self.if_so(held, || then(frame, Seen::Unknown, value)),
                    }
                });
                add(held);
            }
            Seen::Either(terms) => {
                for term in terms {
                    let part = self.term(term, frame);
                    if add(self.each(part, frame, enough, then)) {
                        break;
                    }
                }
            }
            Seen::Both(terms) => {
                let [left, right] = terms else {
                    return self.if_so(Perhaps, || then(frame, Seen::Unknown, Seen::Unknown));
                };
                let (left, right) = (self.term(left, frame), self.term(right, frame));
                add(self.each(left, frame, enough, &mut |frame, at, item| {
                    let sure = self.each(right, frame, Yes, &mut |_, _, other| same(item, other));
                    self.if_so(sure, || then(frame, at, item))
                }));
            }
            other => match self.items(other) {
                Some(items) => {
                    for (key, item) in items {
                        if !self.look() {
                            return Perhaps;
                        }
                        if add(then(frame, key, item)) {
                            break;
                        }
                    }
                }
                None => return self.if_so(Perhaps, || then(frame, Seen::Unknown, Seen::Unknown)),
            },
        }
        best
    }

    /// Whether a value is certainly a set and not an array.
    pub(super) fn is_set(&self, value: Seen<'a>) -> bool {
        match value {
            Seen::Data(value) => matches!(value, Value::Set(_)),
            Seen::Const(value) => matches!(value, Const::Set(_)),
            Seen::All(body) => body.is_set,
            Seen::Rule(at) => self.def(at).is_some_and(|def| def.kind == Kind::Set),
            // Only sets have these representations.
            Seen::Either(_) | Seen::Both(_) | Seen::Pool(_) => true,
            _ => false,
        }
    }

    pub(super) fn count(&self, value: Seen<'a>, frame: &mut Frame<'a>) -> Seen<'a> {
        match value {
            Seen::Undefined => Seen::Undefined,
            Seen::Rule(_) | Seen::All(_) | Seen::Either(_) | Seen::Both(_) => {
                match self.each(value, frame, Yes, &mut |_, _, _| Yes) {
                    No => Seen::Int(0),
                    Perhaps => Seen::Unknown,
                    Yes => Seen::Some,
                }
            }
            Seen::Heap(at) => Seen::index(self.parts(at).len()),
            Seen::Pool(at) => {
                let parts = self.parts(at);
                let once: Option<BTreeSet<&str>> = parts.iter().map(Seen::plain).collect();
                match (once, parts.len()) {
                    (Some(once), _) => Seen::index(once.len()),
                    (None, count @ (0 | 1)) => Seen::index(count),
                    _ => Seen::Some,
                }
            }
            Seen::Record(_) => {
                let keys = self.items(value).unwrap_or_default().into_iter().map(|(key, _)| key.text());
                let keys: Option<Vec<_>> = keys.collect();
                let count = keys.as_ref().map(Vec::len);
                let once = keys.map(|keys| keys.into_iter().collect::<BTreeSet<_>>().len());
                once.filter(|_| once == count).map_or(Seen::Unknown, Seen::index)
            }
            other => self.items(other).map_or(Seen::Unknown, |items| Seen::index(items.len())),
        }
    }

    /// The items of a rule that is a set or an object, if certain. Cached for other rules.
    pub(super) fn set(&self, at: usize) -> Option<Pairs<'a>> {
        if let Some(known) = self.sets.borrow().get(&at) {
            return known.clone();
        }
        // During the evaluation the value is unknown.
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

    /// The best result of `then` over the items of a rule that is a set or an object.
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

    /// All values of a collection, if certainly complete.
    pub(super) fn gather(&self, value: Seen<'a>, frame: &mut Frame<'a>) -> Option<Vec<Seen<'a>>> {
        self.pairs(value, frame).map(|pairs| pairs.into_iter().map(|(_, value)| value).collect())
    }

    /// The same with keys.
    pub(super) fn pairs(&self, value: Seen<'a>, frame: &mut Frame<'a>) -> Option<Vec<(Seen<'a>, Seen<'a>)>> {
        let before = self.certain.replace(Yes);
        let (mut pairs, mut sure) = (Vec::new(), true);
        let held = self.each(value, frame, Yes, &mut |_, key, item| {
            sure &= self.certain.get() == Yes && pairs.len() < MANY;
            if sure {
                pairs.push((key, item));
                No
            } else {
                // No need to go on.
                Yes
            }
        });
        self.certain.set(before);
        // An item was skipped without an answer.
        (sure && held == No).then_some(pairs)
    }

    pub(super) fn put(&self, values: Vec<Seen<'a>>, form: impl FnOnce(usize) -> Seen<'a>) -> Seen<'a> {
        let mut kept = self.kept.borrow_mut();
        kept.push(values.into());
        form(kept.len() - 1)
    }

    /// Values kept by `put`.
    pub(super) fn parts(&self, at: usize) -> Rc<[Seen<'a>]> {
        self.kept.borrow().get(at).cloned().unwrap_or_else(|| Rc::new([]))
    }

    /// An array of values, in this order if `ordered`. The place of a single one is always known.
    pub(super) fn array(&self, values: Vec<Seen<'a>>, ordered: bool) -> Seen<'a> {
        let ordered = ordered || values.len() < 2;
        self.put(values, if ordered { Seen::Tuple } else { Seen::Heap })
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

    /// The same for an object: keys and values. With a duplicate key, it is unknown which value counts.
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

    /// The keys and values of a collection.
    pub(super) fn items(&self, value: Seen<'a>) -> Option<Vec<(Seen<'a>, Seen<'a>)>> {
        match value {
            Seen::Tuple(at) => {
                Some(self.parts(at).iter().enumerate().map(|(at, part)| (Seen::index(at), *part)).collect())
            }
            Seen::Pool(at) | Seen::Heap(at) => Some(self.parts(at).iter().map(|part| (Seen::Unknown, *part)).collect()),
            Seen::Record(at) => {
                let parts = self.parts(at);
                Some(parts.chunks_exact(2).filter_map(|pair| Some((*pair.first()?, *pair.get(1)?))).collect())
            }
            other => other.items(),
        }
    }
}
