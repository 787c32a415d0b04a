//! Iterates over collections, counts their items and stores collections.

use regorus::Value;

use super::{
    eval::{Frame, ITEMS_OF_VISIT, Items, Query},
    model::{Const, Kind, Term},
    partial::{
        Holds::{self, No, Perhaps, Yes},
        Partial, Slice,
    },
    values::defined,
};

/// Up to this number, the items of a collection are listed. The items of a larger collection are unknown.
const MAX_ITEMS: usize = 200;

impl<'a> Query<'a, '_> {
    /// Calls `then` with the key and the value of each item of a collection. Returns the greatest result.
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
                    for at in pairs.range().step_by(2) {
                        if !self.visit() {
                            return Perhaps;
                        }
                        if add(then(frame, self.store.value(at), self.store.value(at + 1))) {
                            break;
                        }
                    }
                }
                None => {
                    add(self.for_each_rule_item(def, enough, &mut |key, item| then(frame, key, item)));
                }
            },
            Partial::Comprehension(body) => {
                // The keys of the items are unknown. The variables are copied, because the comprehension may be evaluated again during the iteration.
                let mut inner = self.store.list();
                inner.extend_from_slice(frame);
                let held = self.solve(body, &mut inner, enough, &mut |inner| {
                    let value = self.detached_term(&body.value, inner);
                    // The virtual machine adds undefined values to an array; the interpreter does not.
                    match defined(value) {
                        No if !body.is_set => {
                            self.and_then(Perhaps, || then(frame, Partial::Unknown, Partial::Unknown))
                        }
                        held => self.and_then(held, || then(frame, Partial::Unknown, value)),
                    }
                });
                self.store.release(inner);
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
                    let sure = self.for_each_item(right, frame, Yes, &mut |_, _, other| self.equals(item, other));
                    self.and_then(sure, || then(frame, at, item))
                }));
            }
            other => {
                let mut within = true;
                let known = self.each_item(other, &mut |key, item| {
                    within = self.visit();
                    within && !add(then(frame, key, item))
                });
                if !known {
                    return self.and_then(Perhaps, || then(frame, Partial::Unknown, Partial::Unknown));
                }
                if !within {
                    return Perhaps;
                }
            }
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

    /// The number of items of a collection.
    pub(super) fn count(&self, value: Partial<'a>, frame: &mut Frame<'a>) -> Partial<'a> {
        let items = match value {
            Partial::Rule(def) => self.rule_items(def).map(|pairs| (Partial::Object(pairs), 2)),
            Partial::Comprehension(_) | Partial::Union(_) | Partial::Intersection(_) => {
                self.all_values(value, frame).map(|values| {
                    let form = if self.is_set(value) { Partial::Set } else { Partial::Unordered };
                    (self.keep(values, form), 1)
                })
            }
            Partial::Object(_) => Some((value, 2)),
            Partial::Set(_) => Some((value, 1)),
            other => return self.count_any(other, frame),
        };
        match items {
            Some((Partial::Unordered(slice), _)) => Partial::index(slice.len()),
            // In a set, each item is its own key.
            Some((Partial::Object(slice) | Partial::Set(slice), step)) => match self.distinct(slice, step) {
                Some(count) => Partial::index(count),
                None if slice.len() > 0 && self.is_set(value) => Partial::NonZero,
                None => Partial::Unknown,
            },
            _ => self.count_any(value, frame),
        }
    }

    /// Like [`Self::count`], but a rule or comprehension with an item has the result `NonZero`, and the other items are not evaluated.
    pub(super) fn count_any(&self, value: Partial<'a>, frame: &mut Frame<'a>) -> Partial<'a> {
        match value {
            Partial::Undefined => Partial::Undefined,
            Partial::Rule(_) | Partial::Comprehension(_) | Partial::Union(_) | Partial::Intersection(_) => {
                match self.for_each_item(value, frame, Yes, &mut |_, _, _| Yes) {
                    No => Partial::Int(0),
                    Perhaps => Partial::Unknown,
                    Yes => Partial::NonZero,
                }
            }
            Partial::Unordered(slice) => Partial::index(slice.len()),
            Partial::Set(_) | Partial::Object(_) => self.count(value, frame),
            other => {
                let mut count = 0;
                let known = self.each_item(other, &mut |_, _| {
                    count += 1;
                    true
                });
                if known { Partial::index(count) } else { Partial::Unknown }
            }
        }
    }

    /// Counts the different values among every `step`th value of a slice. `None` if two of these values may be equal.
    pub(super) fn distinct(&self, slice: Slice, step: usize) -> Option<usize> {
        let values = || slice.range().step_by(step).map(|at| self.store.value(at));
        if let Some(mut texts) = values().map(Partial::text).collect::<Option<Vec<_>>>() {
            texts.sort_unstable();
            texts.dedup();
            return Some(texts.len());
        }
        let mut count = 0;
        for (nth, value) in values().enumerate() {
            let mut seen = No;
            for other in values().take(nth) {
                seen = seen.max(if self.visit() { self.equals(value, other) } else { Perhaps });
            }
            match seen {
                No => count += 1,
                Perhaps => return None,
                Yes => {}
            }
        }
        Some(count)
    }

    /// The items of a rule that is a set or an object; `None` if an item is not certain. The result is cached, because several
    /// rules may need it.
    pub(super) fn rule_items(&self, at: usize) -> Option<Slice> {
        let known = self.known.get(at)?;
        match known.items.get() {
            Items::NotComputed => {}
            Items::Uncertain => return None,
            Items::Certain(slice) => return Some(slice),
        }
        // During its own evaluation, the items of a rule are uncertain.
        known.items.set(Items::Uncertain);
        let before = self.certain.replace(Yes);
        let (mut pairs, mut sure) = (self.store.list(), true);
        let held = self.for_each_rule_item(at, Yes, &mut |key, item| {
            sure &= self.certain.get() == Yes && pairs.len() < 2 * MAX_ITEMS;
            if sure {
                pairs.extend([key, item]);
                No
            } else {
                Yes
            }
        });
        self.certain.set(before);
        let found = (sure && held == No).then(|| self.store.keep(&pairs));
        self.store.release(pairs);
        known.items.set(found.map_or(Items::Uncertain, Items::Certain));
        found
    }

    /// Calls `then` with the key and the value of each item of a rule that is a set or an object. Returns the greatest result.
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
            let held = self.with_frame(body, |frame| {
                self.solve(body, frame, enough, &mut |frame| {
                    let value = self.detached_term(&body.value, frame);
                    let key = body.key.as_ref().map_or(value, |key| self.detached_term(key, frame));
                    let held = self.check_head(defined(key).min(defined(value)), body);
                    self.and_then(held, || then(key, value))
                })
            });
            best = best.max(held);
            if self.is_final(best, enough) {
                break;
            }
        }
        self.exit_call();
        best
    }

    /// All values of a collection; `None` if a value is not certain.
    pub(super) fn all_values(&self, value: Partial<'a>, frame: &mut Frame<'a>) -> Option<Vec<Partial<'a>>> {
        self.all_parts(value, false, frame)
    }

    /// Like [`Self::all_values`], but with the keys. Keys and values alternate.
    pub(super) fn all_pairs(&self, value: Partial<'a>, frame: &mut Frame<'a>) -> Option<Vec<Partial<'a>>> {
        self.all_parts(value, true, frame)
    }

    fn all_parts(&self, value: Partial<'a>, with_keys: bool, frame: &mut Frame<'a>) -> Option<Vec<Partial<'a>>> {
        let before = self.certain.replace(Yes);
        let (mut parts, mut sure, mut count) = (self.store.list(), true, 0);
        let held = self.for_each_item(value, frame, Yes, &mut |_, key, item| {
            sure &= self.certain.get() == Yes && count < MAX_ITEMS;
            if sure {
                count += 1;
                if with_keys {
                    parts.push(key);
                }
                parts.push(item);
                No
            } else {
                // End the iteration.
                Yes
            }
        });
        self.certain.set(before);
        // With any other result, an item may be missing.
        if sure && held == No {
            return Some(parts);
        }
        self.store.release(parts);
        None
    }

    /// Keeps values as a collection.
    pub(super) fn keep(&self, values: Vec<Partial<'a>>, form: impl FnOnce(Slice) -> Partial<'a>) -> Partial<'a> {
        let slice = self.store.keep(&values);
        self.store.release(values);
        form(slice)
    }

    /// Keeps values as an array. If not `ordered`, the order of two or more values is unknown.
    pub(super) fn keep_array(&self, values: Vec<Partial<'a>>, ordered: bool) -> Partial<'a> {
        let ordered = ordered || values.len() < 2;
        self.keep(values, if ordered { Partial::Array } else { Partial::Unordered })
    }

    /// Keeps the values of terms as a collection.
    pub(super) fn keep_terms(
        &self,
        terms: &'a [Term],
        frame: &mut Frame<'a>,
        form: impl FnOnce(Slice) -> Partial<'a>,
    ) -> Partial<'a> {
        if !self.visit_some(terms.len() / ITEMS_OF_VISIT) {
            return Partial::Unknown;
        }
        let (mut values, mut all_defined) = (self.store.list(), Yes);
        for term in terms {
            let value = self.detached_term(term, frame);
            all_defined = all_defined.min(defined(value));
            values.push(value);
        }
        if all_defined == Yes {
            return self.keep(values, form);
        }
        self.store.release(values);
        if all_defined == No { Partial::Undefined } else { Partial::Unknown }
    }

    /// Keeps an object with these keys and values. If two keys may be equal, it is unknown which value counts.
    pub(super) fn keep_object(&self, terms: &'a [Term], frame: &mut Frame<'a>) -> Partial<'a> {
        let value = self.keep_terms(terms, frame, Partial::Object);
        let Partial::Object(slice) = value else { return value };
        let keys = || slice.range().step_by(2).map(|at| self.store.value(at));
        let twice = keys().enumerate().any(|(at, key)| keys().take(at).any(|other| self.equals(key, other) != No));
        if twice { Partial::Collection } else { value }
    }

    /// Calls `then` with the keys and items of a collection, until `then` returns false. Returns false if the items are not known.
    pub(super) fn each_item(&self, value: Partial<'a>, then: &mut dyn FnMut(Partial<'a>, Partial<'a>) -> bool) -> bool {
        match value {
            Partial::List(slice) => {
                slice.range().enumerate().all(|(nth, at)| then(Partial::index(nth), self.tree.value(at)));
            }
            Partial::Map(slice) => {
                slice.range().all(|at| then(Partial::Text(self.tree.key(at)), self.tree.value(at)));
            }
            Partial::Filter(slice, keys) => {
                let kept = |name: &str| keys.iter().any(|key| matches!(key, Const::Text(key) if key == name));
                let mut positions = slice.range().filter(|at| kept(self.tree.key(*at)));
                positions.all(|at| then(Partial::Text(self.tree.key(at)), self.tree.value(at)));
            }
            Partial::Array(slice) => {
                slice.range().enumerate().all(|(nth, at)| then(Partial::index(nth), self.store.value(at)));
            }
            Partial::Set(slice) | Partial::Unordered(slice) => {
                slice.range().all(|at| then(Partial::Unknown, self.store.value(at)));
            }
            Partial::Object(slice) => {
                slice.range().step_by(2).all(|at| then(self.store.value(at), self.store.value(at + 1)));
            }
            Partial::Data(Value::Array(items)) => {
                items.iter().enumerate().all(|(nth, item)| then(Partial::index(nth), Partial::from(item)));
            }
            Partial::Data(Value::Set(items)) => {
                items.iter().all(|item| then(Partial::from(item), Partial::from(item)));
            }
            Partial::Data(Value::Object(fields)) => {
                fields.iter().all(|(key, item)| then(Partial::from(key), Partial::from(item)));
            }
            Partial::Const(Const::Array(items)) => {
                items.iter().enumerate().all(|(nth, item)| then(Partial::index(nth), Partial::from(item)));
            }
            Partial::Const(Const::Set(items)) => {
                items.iter().all(|item| then(Partial::from(item), Partial::from(item)));
            }
            Partial::Const(Const::Object(fields)) => {
                fields.iter().all(|(key, item)| then(Partial::from(key), Partial::from(item)));
            }
            _ => return false,
        }
        true
    }
}
