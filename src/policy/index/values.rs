//! Computes the values of rules and functions, and compares values.

use std::cmp::Ordering;

use super::{
    eval::{Call, Frame, Query},
    model::{Body, Compare, Const, Def, Kind, Pattern, Term},
    partial::{
        Holds::{self, No, Perhaps, Yes},
        Partial,
    },
};

/// The number of slots for cached calls, a power of two.
pub(super) const CALLS: usize = 256;

impl<'a> Query<'a, '_> {
    /// The value of a rule without arguments.
    pub(super) fn rule_value(&self, at: usize) -> Partial<'a> {
        let Some(known) = self.known.get(at) else { return Partial::Unknown };
        if let Some(value) = known.value.get() {
            return value;
        }
        let value = match self.def(at) {
            Some(def) if def.kind == Kind::Value => self.definition_value(def, &[]),
            Some(def) if matches!(def.kind, Kind::Set | Kind::Object) && def.bodies.is_some() => Partial::Rule(at),
            _ => Partial::Unknown,
        };
        known.value.set(Some(value));
        value
    }

    pub(super) fn call(&self, at: usize, args: &[Partial<'a>]) -> Partial<'a> {
        let Some(def) = self.def(at).filter(|def| def.kind == Kind::Function) else { return Partial::Unknown };
        let value = self.cached_call(at, args).unwrap_or_else(|| {
            let value = self.definition_value(def, args);
            self.cache_call(at, args, value);
            value
        });
        // The virtual machine calls functions with undefined arguments; the interpreter does not.
        let undefined = args.iter().any(|arg| defined(*arg) != Yes);
        if undefined && !matches!(value, Partial::Undefined) { Partial::Unknown } else { value }
    }

    /// The cached value of a call with the same arguments, if any.
    fn cached_call(&self, at: usize, args: &[Partial<'a>]) -> Option<Partial<'a>> {
        let call = self.calls.get(slot(at, args))?.get()?;
        (call.def == at && self.store.equals(call.args, args)).then_some(call.value)
    }

    fn cache_call(&self, at: usize, args: &[Partial<'a>], value: Partial<'a>) {
        if let Some(call) = self.calls.get(slot(at, args)) {
            call.set(Some(Call { def: at, args: self.store.keep(args), value }));
        }
    }

    fn definition_value(&self, def: &'a Def, args: &[Partial<'a>]) -> Partial<'a> {
        let Some(bodies) = &*def.bodies else { return Partial::Unknown };
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
        let first = || bodies.first().map(|body| &body.value);
        let one = || bodies.iter().all(|body| matches!(*body.value, Term::Const(_)) && Some(&body.value) == first());
        let mut found = Partial::Undefined;
        let (mut done, mut perhaps) = (false, false);
        for body in bodies {
            if body.is_else && done {
                continue;
            }
            done = false;
            match self.with_frame(body, |frame| self.value_of_body(body, args, frame)) {
                None => perhaps = true,
                Some(Partial::Undefined) => {}
                Some(value) => {
                    done = true;
                    if matches!(found, Partial::Undefined) {
                        found = value;
                        // All bodies have this value.
                        if one() && !self.of.strict {
                            break;
                        }
                    } else if self.equals(found, value) != Yes {
                        return Partial::Unknown;
                    }
                }
            }
        }
        if perhaps && (matches!(found, Partial::Undefined) || !one()) { Partial::Unknown } else { found }
    }

    /// The value of one body: `Undefined` if the body does not hold, `None` if the value is not certain.
    fn value_of_body(&self, body: &'a Body, args: &[Partial<'a>], frame: &mut Frame<'a>) -> Option<Partial<'a>> {
        let mut bound = if args.len() == body.args.len() { Yes } else { Perhaps };
        for (pattern, arg) in body.args.iter().zip(args) {
            bound = bound.min(self.bind(pattern, *arg, frame));
        }
        if bound == No {
            return Some(Partial::Undefined);
        }
        let constant = || matches!(*body.value, Term::Const(_));
        if bound == Yes && body.loops && !constant() {
            return self.agreed_value(body, frame);
        }
        let mut value = Partial::Undefined;
        let mut several = false;
        let held = bound.min(self.solve(body, frame, Yes, &mut |frame| {
            let next = self.detached_term(&body.value, frame);
            several |= !matches!(value, Partial::Undefined) && self.equals(value, next) != Yes;
            value = next;
            defined(next)
        }));
        match held {
            No => Some(Partial::Undefined),
            Yes if constant() || (!several && !body.loops) => Some(value),
            // The value of this body is not certain. The value of the rule can still be certain if all bodies have the same constant.
            _ => None,
        }
    }

    /// The common value of all solutions of a body: `Undefined` if there is no solution, `None` if the value is not certain.
    fn agreed_value(&self, body: &'a Body, frame: &mut Frame<'a>) -> Option<Partial<'a>> {
        let before = self.certain.replace(Yes);
        let (mut value, mut sure) = (Partial::Undefined, true);
        let held = self.solve(body, frame, Yes, &mut |frame| {
            let next = self.detached_term(&body.value, frame);
            sure &= self.certain.get() == Yes && defined(next) == Yes;
            sure &= matches!(value, Partial::Undefined) || self.equals(value, next) == Yes;
            value = next;
            // Stop at the first solution that is not certain.
            if sure { No } else { Yes }
        });
        self.certain.set(before);
        (sure && held == No).then_some(value)
    }

    /// Makes a value independent of the variables of its body, for use in other bodies.
    #[inline]
    fn detach(&self, value: Partial<'a>, frame: &mut Frame<'a>) -> Partial<'a> {
        match value {
            Partial::Comprehension(body) => self.detached_items(value, body.is_set, Partial::Collection, frame),
            Partial::Union(_) | Partial::Intersection(_) => self.detached_items(value, true, Partial::Unknown, frame),
            other => other,
        }
    }

    fn detached_items(
        &self,
        value: Partial<'a>,
        is_set: bool,
        unknown: Partial<'a>,
        frame: &mut Frame<'a>,
    ) -> Partial<'a> {
        let Some(mut values) = self.all_values(value, frame) else { return unknown };
        if is_set {
            make_unique(&mut values);
            self.keep(values, Partial::Set)
        } else {
            self.keep_array(values, false)
        }
    }

    pub(super) fn detached_term(&self, term: &'a Term, frame: &mut Frame<'a>) -> Partial<'a> {
        let value = self.term(term, frame);
        self.detach(value, frame)
    }

    /// The order of two values in the engine.
    pub(super) fn order(&self, one: Partial<'a>, other: Partial<'a>) -> Option<Ordering> {
        match (one, other) {
            (Partial::Int(one), Partial::Int(other)) => Some(one.cmp(&other)),
            (Partial::Text(one), Partial::Text(other)) => Some(one.cmp(other)),
            (Partial::Array(_), Partial::Array(_)) => {
                let lengths = (one.length()?, other.length()?);
                for at in 0..lengths.0.min(lengths.1) {
                    match self.order(self.nth(one, at)?, self.nth(other, at)?)? {
                        Ordering::Equal => {}
                        unequal => return Some(unequal),
                    }
                }
                Some(lengths.0.cmp(&lengths.1))
            }
            _ => None,
        }
    }

    /// The sides of a comparison. For `count(…) > 0` and the like, one item is enough.
    #[inline]
    pub(super) fn sides(
        &self,
        op: Compare,
        sides: &'a (Term, Term),
        frame: &mut Frame<'a>,
    ) -> (Partial<'a>, Partial<'a>) {
        let is_enough = match &sides.1 {
            Term::Const(Const::Int(0)) => true,
            Term::Const(Const::Int(1)) => matches!(op, Compare::Ge | Compare::Lt),
            _ => false,
        };
        let left = match &sides.0 {
            Term::Count(counted) if is_enough => {
                let value = self.term(counted, frame);
                self.count_any(value, frame)
            }
            term => self.term(term, frame),
        };
        (left, self.term(&sides.1, frame))
    }

    /// The result of a comparison.
    pub(super) fn compare(&self, op: Compare, left: Partial<'a>, right: Partial<'a>) -> Partial<'a> {
        if matches!(left, Partial::Undefined) || matches!(right, Partial::Undefined) {
            return Partial::Undefined;
        }
        let answer = match op {
            Compare::Eq => self.equals(left, right),
            Compare::Ne => self.equals(left, right).not(),
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

    /// Matches a value with a pattern and assigns the variables of the pattern.
    #[inline]
    pub(super) fn bind(&self, pattern: &'a Pattern, value: Partial<'a>, frame: &mut Frame<'a>) -> Holds {
        match pattern {
            Pattern::Any => Yes,
            Pattern::Variable(slot) => {
                if let Some(slot) = frame.get_mut(*slot) {
                    *slot = value;
                }
                Yes
            }
            pattern => self.bind_parts(pattern, value, frame),
        }
    }

    fn bind_parts(&self, pattern: &'a Pattern, value: Partial<'a>, frame: &mut Frame<'a>) -> Holds {
        match pattern {
            Pattern::Const(expected) => self.equals(Partial::from(expected), value),
            Pattern::Array(parts) => match value.length() {
                Some(length) if length != parts.len() => No,
                Some(_) => {
                    let mut bound = Yes;
                    for (at, part) in parts.iter().enumerate() {
                        let item = self.nth(value, at).unwrap_or(Partial::Unknown);
                        bound = bound.min(self.bind(part, item, frame));
                    }
                    bound
                }
                None => {
                    for part in parts {
                        self.bind(part, Partial::Unknown, frame);
                    }
                    Perhaps
                }
            },
            _ => Perhaps,
        }
    }
}

/// Sorts the items of a set and removes duplicates, if all items are texts.
fn make_unique(values: &mut Vec<Partial<'_>>) {
    if values.iter().all(|value| value.as_text().is_some()) {
        values.sort_unstable_by_key(Partial::as_text);
        values.dedup_by_key(|value| value.as_text());
    }
}

/// The slot of a call in the cache. Equal arguments have the same slot.
fn slot(def: usize, args: &[Partial<'_>]) -> usize {
    args.iter().fold(def, |slot, arg| slot.wrapping_mul(31).wrapping_add(arg.hash())) % CALLS
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
