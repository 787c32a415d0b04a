//! The items of collections.

use std::{collections::BTreeSet, rc::Rc};

use regorus::Value;

use super::{
    eval::{Frame, Pairs, Query},
    model::{Const, Kind, Term},
    partial::{
        Holds::{self, No, Perhaps, Yes},
        Partial, equal,
    },
    values::defined,
};

/// Maximum number of items of a collection to cache.
const MAX_ITEMS: usize = 200;

impl<'a> Query<'a, '_> {
    /// The best result of `then` over the items of a collection, called with the key and the item.
    pub(super) fn for_each_item(
        &self,
        collection: Partial<'a>,
        frame: &mut Frame<'a>,
        enough: Holds,
        then: &mut dyn FnMut(&mut Frame<'a>, Partial<'a>, Partial<'a>) -> Holds,
    ) -> Holds {
        let mut best = No;
        let mut add = |held: Holds| {
            best = best.max(held);
            self.is_final(best, enough)
        };
        match collection {
            Partial::Undefined => {}
            Partial::Rule(def) => match self.rule_items(def) {
                Some(pairs) => {
                    for (key, item) in pairs.iter().copied() {
                        if !self.visit() {
                            return Perhaps;
                        }
                        if add(then(frame, key, item)) {
                            break;
                        }
                    }
                }
                None => {
                    add(self.for_each_rule_item(def, enough, &mut |key, item| then(frame, key, item)));
                }
            },
            Partial::Comprehension(body) => {
                // The items of a comprehension have no known keys. Its variables are copied, because it may be evaluated again during the
                // iteration.
                let mut inner = frame.clone();
                let held = self.solve(body, &mut inner, enough, &mut |inner| {
                    let value = self.detached_term(&body.value, inner);
                    // The machine adds an item to an array for an undefined value, the interpreter does not.
                    match defined(value) {
                        No if !body.is_set => {
                            self.and_then(Perhaps, || then(frame, Partial::Unknown, Partial::Unknown))
                        }
                        held => self.and_then(held, || then(frame, Partial::Unknown, value)),
                    }
                });
                add(held);
            }
            Partial::Union(terms) => {
                for term in terms {
                    let part = self.term(term, frame);
                    if add(self.for_each_item(part, frame, enough, then)) {
                        break;
                    }
                }
            }
            Partial::Intersection(terms) => {
                let [left, right] = terms else {
                    return self.and_then(Perhaps, || then(frame, Partial::Unknown, Partial::Unknown));
                };
                let (left, right) = (self.term(left, frame), self.term(right, frame));
                add(self.for_each_item(left, frame, enough, &mut |frame, at, item| {
                    let sure = self.for_each_item(right, frame, Yes, &mut |_, _, other| equal(item, other));
                    self.and_then(sure, || then(frame, at, item))
                }));
            }
            other => match self.items(other) {
                Some(items) => {
                    for (key, item) in items {
                        if !self.visit() {
                            return Perhaps;
                        }
                        if add(then(frame, key, item)) {
                            break;
                        }
                    }
                }
                None => return self.and_then(Perhaps, || then(frame, Partial::Unknown, Partial::Unknown)),
            },
        }
        best
    }

    /// Whether a value is certainly a set and not an array.
    pub(super) fn is_set(&self, value: Partial<'a>) -> bool {
        match value {
            Partial::Data(value) => matches!(value, Value::Set(_)),
            Partial::Const(value) => matches!(value, Const::Set(_)),
            Partial::Comprehension(body) => body.is_set,
            Partial::Rule(at) => self.def(at).is_some_and(|def| def.kind == Kind::Set),
            // Only sets have these representations.
            Partial::Union(_) | Partial::Intersection(_) | Partial::Set(_) => true,
            _ => false,
        }
    }

    pub(super) fn count(&self, value: Partial<'a>, frame: &mut Frame<'a>) -> Partial<'a> {
        match value {
            Partial::Undefined => Partial::Undefined,
            Partial::Rule(_) | Partial::Comprehension(_) | Partial::Union(_) | Partial::Intersection(_) => {
                match self.for_each_item(value, frame, Yes, &mut |_, _, _| Yes) {
                    No => Partial::Int(0),
                    Perhaps => Partial::Unknown,
                    Yes => Partial::NonZero,
                }
            }
            Partial::Unordered(at) => Partial::index(self.stored(at).len()),
            Partial::Set(at) => {
                let parts = self.stored(at);
                let once: Option<BTreeSet<&str>> = parts.iter().map(Partial::as_text).collect();
                match (once, parts.len()) {
                    (Some(once), _) => Partial::index(once.len()),
                    (None, count @ (0 | 1)) => Partial::index(count),
                    _ => Partial::NonZero,
                }
            }
            Partial::Object(_) => {
                let keys = self.items(value).unwrap_or_default().into_iter().map(|(key, _)| key.text());
                let keys: Option<Vec<_>> = keys.collect();
                let count = keys.as_ref().map(Vec::len);
                let once = keys.map(|keys| keys.into_iter().collect::<BTreeSet<_>>().len());
                once.filter(|_| once == count).map_or(Partial::Unknown, Partial::index)
            }
            other => self.items(other).map_or(Partial::Unknown, |items| Partial::index(items.len())),
        }
    }

    /// The items of a rule that is a set or an object, if certain. Cached for other rules.
    pub(super) fn rule_items(&self, at: usize) -> Option<Pairs<'a>> {
        if let Some(known) = self.rule_items.borrow().get(&at) {
            return known.clone();
        }
        // Unknown during its own evaluation.
        self.rule_items.borrow_mut().insert(at, None);
        let before = self.certain.replace(Yes);
        let (mut pairs, mut sure) = (Vec::new(), true);
        let held = self.for_each_rule_item(at, Yes, &mut |key, item| {
            sure &= self.certain.get() == Yes && pairs.len() < MAX_ITEMS;
            if sure {
                pairs.push((key, item));
                No
            } else {
                Yes
            }
        });
        self.certain.set(before);
        let found: Option<Pairs<'a>> = (sure && held == No).then(|| pairs.into());
        self.rule_items.borrow_mut().insert(at, found.clone());
        found
    }

    /// The best result of `then` over the items of a rule that is a set or an object.
    pub(super) fn for_each_rule_item(
        &self,
        at: usize,
        enough: Holds,
        then: &mut dyn FnMut(Partial<'a>, Partial<'a>) -> Holds,
    ) -> Holds {
        let bodies = self.def(at).and_then(|def| def.bodies.as_deref());
        let Some(bodies) = bodies.filter(|_| !self.too_deep()) else {
            return self.and_then(Perhaps, || then(Partial::Unknown, Partial::Unknown));
        };
        let mut best = No;
        for body in bodies {
            let mut inner = vec![Partial::Unknown; body.slots];
            best = best.max(self.solve(body, &mut inner, enough, &mut |inner| {
                let value = self.detached_term(&body.value, inner);
                let key = body.key.as_ref().map_or(value, |key| self.detached_term(key, inner));
                let held = self.check_head(defined(key).min(defined(value)), body);
                self.and_then(held, || then(key, value))
            }));
            if self.is_final(best, enough) {
                break;
            }
        }
        self.exit_call();
        best
    }

    /// All values of a collection, or `None` if some are not certain.
    pub(super) fn all_values(&self, value: Partial<'a>, frame: &mut Frame<'a>) -> Option<Vec<Partial<'a>>> {
        self.all_pairs(value, frame).map(|pairs| pairs.into_iter().map(|(_, value)| value).collect())
    }

    /// The same with keys.
    pub(super) fn all_pairs(
        &self,
        value: Partial<'a>,
        frame: &mut Frame<'a>,
    ) -> Option<Vec<(Partial<'a>, Partial<'a>)>> {
        let before = self.certain.replace(Yes);
        let (mut pairs, mut sure) = (Vec::new(), true);
        let held = self.for_each_item(value, frame, Yes, &mut |_, key, item| {
            sure &= self.certain.get() == Yes && pairs.len() < MAX_ITEMS;
            if sure {
                pairs.push((key, item));
                No
            } else {
                // Stop.
                Yes
            }
        });
        self.certain.set(before);
        // An item was skipped without an answer.
        (sure && held == No).then_some(pairs)
    }

    pub(super) fn store(&self, values: Vec<Partial<'a>>, form: impl FnOnce(usize) -> Partial<'a>) -> Partial<'a> {
        let mut kept = self.stored.borrow_mut();
        kept.push(values.into());
        form(kept.len() - 1)
    }

    /// The values stored by `store`.
    pub(super) fn stored(&self, at: usize) -> Rc<[Partial<'a>]> {
        self.stored.borrow().get(at).cloned().unwrap_or_else(|| Rc::new([]))
    }

    /// An array of values, in this order if `ordered`. The order of at most one value is always known.
    pub(super) fn store_array(&self, values: Vec<Partial<'a>>, ordered: bool) -> Partial<'a> {
        let ordered = ordered || values.len() < 2;
        self.store(values, if ordered { Partial::Array } else { Partial::Unordered })
    }

    /// Stores the values of terms as a collection.
    pub(super) fn store_terms(
        &self,
        terms: &'a [Term],
        frame: &mut Frame<'a>,
        form: impl FnOnce(usize) -> Partial<'a>,
    ) -> Partial<'a> {
        let values: Vec<Partial<'a>> = terms.iter().map(|term| self.detached_term(term, frame)).collect();
        match values.iter().map(|value| defined(*value)).min().unwrap_or(Yes) {
            No => Partial::Undefined,
            Perhaps => Partial::Unknown,
            Yes => self.store(values, form),
        }
    }

    /// Stores an object from its keys and values. With a duplicate key, it is unknown which value counts.
    pub(super) fn store_object(&self, terms: &'a [Term], frame: &mut Frame<'a>) -> Partial<'a> {
        let value = self.store_terms(terms, frame, Partial::Object);
        let keys: Vec<Partial<'a>> = match value {
            Partial::Object(_) => self.items(value).unwrap_or_default().into_iter().map(|(key, _)| key).collect(),
            other => return other,
        };
        let before = |at: usize, key: Partial<'a>| keys.iter().take(at).any(|other| equal(key, *other) != No);
        let twice = keys.iter().enumerate().any(|(at, key)| before(at, *key));
        if twice { Partial::Collection } else { value }
    }

    /// The keys and values of a collection.
    pub(super) fn items(&self, value: Partial<'a>) -> Option<Vec<(Partial<'a>, Partial<'a>)>> {
        match value {
            Partial::Array(at) => {
                Some(self.stored(at).iter().enumerate().map(|(at, part)| (Partial::index(at), *part)).collect())
            }
            Partial::Set(at) | Partial::Unordered(at) => {
                Some(self.stored(at).iter().map(|part| (Partial::Unknown, *part)).collect())
            }
            Partial::Object(at) => {
                let parts = self.stored(at);
                Some(parts.chunks_exact(2).filter_map(|pair| Some((*pair.first()?, *pair.get(1)?))).collect())
            }
            other => other.items(),
        }
    }
}
