//! Evaluates expressions, and references into the declaration, the data and other values.

use std::cell::Cell;

use regorus::Value;

use super::{
    eval::{FEW, Frame, Query},
    model::{Const, Step, Term},
    partial::{
        Holds::{self, No, Perhaps, Yes},
        Partial, Slice,
    },
    values::defined,
};

impl<'a> Query<'a, '_> {
    /// The value of a term. Constants, variables and known paths, which are most terms, need no call.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a call costs more than the usual cases")]
    pub(super) fn term(&self, term: &'a Term, frame: &mut Frame<'a>) -> Partial<'a> {
        match term {
            Term::Const(value) => Partial::from(value),
            Term::Local(slot, steps) if steps.is_empty() => frame.get(*slot).copied().unwrap_or(Partial::Unknown),
            Term::Input(at, steps) if steps.is_empty() => self.input(*at),
            term => self.other_term(term, frame),
        }
    }

    #[inline(never)]
    fn other_term(&self, term: &'a Term, frame: &mut Frame<'a>) -> Partial<'a> {
        if !self.visit() {
            return Partial::Unknown;
        }
        let (value, steps) = match term {
            Term::Input(at, steps) => (self.input(*at), steps),
            Term::Local(slot, steps) => (frame.get(*slot).copied().unwrap_or(Partial::Unknown), steps),
            Term::Rule(def, steps) => (self.rule_value(*def), steps),
            Term::Data(at, steps) => {
                (self.of.data.get(*at).map_or(Partial::Unknown, |value| Partial::from(*value)), steps)
            }
            term => return self.composed(term, frame),
        };
        self.walk(value, steps, frame)
    }

    /// The value of a term that consists of other terms. This is a separate function, because most terms are references and constants.
    #[inline(never)]
    fn composed(&self, term: &'a Term, frame: &mut Frame<'a>) -> Partial<'a> {
        match term {
            Term::Call(def, terms) => self.call_with(*def, terms, frame),
            Term::Array(terms) => self.keep_terms(terms, frame, Partial::Array),
            Term::Object(terms) => self.keep_object(terms, frame),
            Term::Set(terms) => self.keep_terms(terms, frame, Partial::Set),
            Term::Opaque(terms) => {
                if self.all_defined(terms, frame) == No {
                    Partial::Undefined
                } else {
                    Partial::Unknown
                }
            }
            Term::Builtin(builtin, terms) => self.builtin(*builtin, terms, frame),
            Term::Compare(op, sides) => {
                let (left, right) = self.sides(*op, sides, frame);
                self.compare(*op, left, right)
            }
            Term::In(sides) => match self.contains(sides, frame) {
                Some((held @ (No | Yes), true)) => Partial::Bool(held == Yes),
                // For undefined operands, the result is false in the virtual machine, but undefined in OPA.
                _ => Partial::Unknown,
            },
            Term::Count(term) => {
                let value = self.term(term, frame);
                self.count(value, frame)
            }
            Term::Comprehension(body) => Partial::Comprehension(body),
            _ => Partial::Unknown,
        }
    }

    fn call_with(&self, def: usize, terms: &'a [Term], frame: &mut Frame<'a>) -> Partial<'a> {
        let mut few = [Partial::Unknown; FEW];
        if let Some(args) = few.get_mut(..terms.len()) {
            for (arg, term) in args.iter_mut().zip(terms) {
                *arg = self.detached_term(term, frame);
            }
            return self.call(def, args);
        }
        let args: Vec<Partial<'a>> = terms.iter().map(|term| self.detached_term(term, frame)).collect();
        self.call(def, &args)
    }

    /// The value at a path into the declaration.
    #[inline]
    fn input(&self, at: u32) -> Partial<'a> {
        match self.inputs.get(at as usize).map(Cell::get) {
            Some(Some(value)) => value,
            Some(None) => self.new_input(at),
            None => Partial::Unknown,
        }
    }

    #[inline(never)]
    fn new_input(&self, at: u32) -> Partial<'a> {
        // The path without the last key has a lower number.
        let Some((before, key)) = self.of.index.inputs.get(at as usize).copied().filter(|(before, _)| *before < at)
        else {
            return Partial::Unknown;
        };
        let value = self.step_key(self.input(before), key);
        if let Some(known) = self.inputs.get(at as usize) {
            known.set(Some(value));
        }
        value
    }

    /// Whether all terms are defined.
    pub(super) fn all_defined(&self, terms: &'a [Term], frame: &mut Frame<'a>) -> Holds {
        let mut all_defined = Yes;
        for term in terms {
            all_defined = all_defined.min(defined(self.term(term, frame)));
        }
        all_defined
    }

    fn walk(&self, mut value: Partial<'a>, steps: &'a [Step], frame: &mut Frame<'a>) -> Partial<'a> {
        for step in steps {
            value = match step {
                Step::Key(key) => self.step_key(value, *key),
                Step::Term(term) => {
                    let key = self.term(term, frame);
                    self.step(value, key)
                }
            };
        }
        value
    }

    /// One step of a reference by a key that the rule names.
    pub(super) fn step_key(&self, value: Partial<'a>, key: u32) -> Partial<'a> {
        match value {
            Partial::Map(slice) => self.tree.get(slice, key),
            Partial::Undefined | Partial::List(_) => Partial::Undefined,
            Partial::Data(Value::Object(fields)) => {
                let value = self.key_value(key).and_then(|key| fields.get(key));
                value.map_or(Partial::Undefined, Partial::from)
            }
            other => self.step(other, Partial::Text(self.key(key))),
        }
    }

    /// One step of a reference.
    pub(super) fn step(&self, value: Partial<'a>, key: Partial<'a>) -> Partial<'a> {
        match (value, key) {
            (Partial::Undefined, _) | (_, Partial::Undefined) => Partial::Undefined,
            (Partial::Object(_) | Partial::Array(_) | Partial::Rule(_), key) => self.item_at(value, key),
            (scalar, _) if scalar.is_scalar() => Partial::Undefined,
            (value, Partial::Text(key)) => self.step_text(value, key),
            (value, Partial::Cased(..) | Partial::Digits(_) | Partial::AnyText) => {
                key.text().map_or(Partial::Unknown, |key| self.step_text(value, &key))
            }
            (Partial::List(_) | Partial::Data(Value::Array(_)), Partial::Int(at)) => {
                usize::try_from(at).ok().and_then(|at| self.nth(value, at)).unwrap_or(Partial::Undefined)
            }
            _ => Partial::Unknown,
        }
    }

    fn step_text(&self, value: Partial<'a>, key: &str) -> Partial<'a> {
        match value {
            Partial::Map(slice) => self.get_text(slice, key),
            Partial::Data(object @ Value::Object(_)) => Partial::from(&object[key]),
            Partial::Const(Const::Object(fields)) => {
                let field = fields.iter().find(|(name, _)| matches!(name, Const::Text(name) if name == key));
                field.map_or(Partial::Undefined, |(_, value)| Partial::from(value))
            }
            Partial::Filter(slice, keys)
                if keys.iter().any(|kept| matches!(kept, Const::Text(kept) if kept == key)) =>
            {
                self.get_text(slice, key)
            }
            Partial::List(_) | Partial::Data(Value::Array(_)) | Partial::Filter(..) => Partial::Undefined,
            _ => Partial::Unknown,
        }
    }

    /// An item of an array whose order is known.
    pub(super) fn nth(&self, array: Partial<'a>, at: usize) -> Option<Partial<'a>> {
        match array {
            Partial::List(slice) if at < slice.len() => Some(self.tree.value(slice.start() + at)),
            Partial::Array(slice) if at < slice.len() => Some(self.store.value(slice.start() + at)),
            Partial::Data(Value::Array(items)) => items.get(at).map(Partial::from),
            Partial::Const(Const::Array(items)) => items.get(at).map(Partial::from),
            _ => None,
        }
    }

    /// The part of a collection with this key.
    fn item_at(&self, value: Partial<'a>, key: Partial<'a>) -> Partial<'a> {
        let slice = match value {
            Partial::Rule(at) => match self.rule_items(at) {
                Some(slice) => slice,
                None => return Partial::Unknown,
            },
            Partial::Object(slice) | Partial::Array(slice) => slice,
            _ => return Partial::Unknown,
        };
        let is_array = matches!(value, Partial::Array(_));
        let step = if is_array { 1 } else { 2 };
        let mut sure = true;
        for (nth, at) in slice.range().step_by(step).enumerate() {
            let name = if is_array { Partial::index(nth) } else { self.store.value(at) };
            let is_it = if self.visit() { self.equals(name, key) } else { Perhaps };
            match is_it {
                Yes => return self.store.value(at + step - 1),
                Perhaps => sure = false,
                No => {}
            }
        }
        if sure { Partial::Undefined } else { Partial::Unknown }
    }

    /// A key that rules name.
    fn key(&self, number: u32) -> &'a str {
        self.of.keys.name(number).unwrap_or_default()
    }

    /// A key that rules name, as a value of the engine.
    fn key_value(&self, number: u32) -> Option<&Value> {
        let value = self.of.key_values.get(number as usize)?;
        Some(value.get_or_init(|| Value::from(self.key(number))))
    }

    /// The value of a key in a mapping of the declaration, even if no rule names the key.
    fn get_text(&self, map: Slice, key: &str) -> Partial<'a> {
        self.tree.get_text(map, key, &self.of.keys)
    }
}
