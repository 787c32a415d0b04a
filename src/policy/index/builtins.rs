//! Computes the values of builtins without the engine. Where this is not possible, the value is unknown.

use std::cmp::Ordering;

use jiff::civil::{Date, date};
use regorus::Value;

use super::{
    eval::{FEW, Frame, Query},
    model::{Builtin, Const, Kind, Term},
    partial::{
        Form,
        Holds::{No, Perhaps, Yes},
        Partial, shape,
    },
    texts,
    values::defined,
};

/// The suffix that `lib/dates.rego` appends to a date.
const MIDNIGHT: &str = "T00:00:00Z";

impl<'a> Query<'a, '_> {
    pub(super) fn builtin(&self, builtin: Builtin, terms: &'a [Term], frame: &mut Frame<'a>) -> Partial<'a> {
        if let (Builtin::ParseTime, [Term::Builtin(Builtin::Concat, parts)]) = (builtin, terms) {
            return self.parse_midnight(parts, frame);
        }
        // Each argument is evaluated only once, because it may be a builtin, too.
        let mut few = [Partial::Unknown; FEW];
        if let Some(values) = few.get_mut(..terms.len()) {
            for (value, term) in values.iter_mut().zip(terms) {
                *value = self.term(term, frame);
            }
            return self.builtin_of(builtin, terms, values, frame);
        }
        let values: Vec<Partial<'a>> = terms.iter().map(|term| self.term(term, frame)).collect();
        self.builtin_of(builtin, terms, &values, frame)
    }

    fn builtin_of(
        &self,
        builtin: Builtin,
        terms: &'a [Term],
        values: &[Partial<'a>],
        frame: &mut Frame<'a>,
    ) -> Partial<'a> {
        // A builtin with an undefined argument is undefined.
        if values.iter().any(|value| matches!(value, Partial::Undefined)) {
            return Partial::Undefined;
        }
        // If an argument may be undefined, the result may be undefined, too.
        if values.iter().any(|value| defined(*value) != Yes) {
            return Partial::Unknown;
        }
        let sets = values.iter().all(|value| self.is_set(*value));
        match (builtin, terms, values) {
            // The engine defines unions and intersections only for sets.
            (Builtin::SetUnion, _, _) if sets => Partial::Union(terms),
            (Builtin::SetIntersection, [_, _], _) if sets => Partial::Intersection(terms),
            (Builtin::Filter, _, [Partial::Map(slice), Partial::Const(Const::Array(keys) | Const::Set(keys))]) => {
                Partial::Filter(*slice, keys)
            }
            (Builtin::Filter | Builtin::Remove, _, [object, keys]) if self.is_object(*object) => {
                self.filter(*object, *keys, builtin == Builtin::Filter, frame)
            }
            (Builtin::Union, _, [left, right]) if self.is_object(*left) && self.is_object(*right) => {
                self.union(*left, *right, frame)
            }
            (Builtin::Replace, _, [text, old, new]) if text.is_text() && old.is_text() && new.is_text() => {
                Partial::AnyText
            }
            (Builtin::ArrayConcat, _, [left, right]) if is_array(*left) && is_array(*right) => {
                let ordered = is_ordered(*left) && is_ordered(*right);
                match (self.all_values(*left, frame), self.all_values(*right, frame)) {
                    (Some(mut left), Some(right)) => {
                        left.extend_from_slice(&right);
                        self.store.release(right);
                        self.keep_array(left, ordered)
                    }
                    _ => Partial::Unknown,
                }
            }
            (Builtin::Split, _, [Partial::Text(text), Partial::Text(separator)]) if !separator.is_empty() => {
                self.keep_array(text.split(separator).map(Partial::Text).collect(), true)
            }
            (Builtin::ArraySlice, _, [array, Partial::Int(start), Partial::Int(stop)]) if is_array(*array) => self
                .all_values(*array, frame)
                .map_or(Partial::Unknown, |items| self.slice(items, *array, *start, *stop)),
            (Builtin::Get, _, [object, key, default]) => self.object_get(*object, *key, *default),
            (Builtin::Sprintf, [Term::Const(Const::Text(format)), Term::Array(_)], [_, items]) => {
                match self.all_values(*items, frame) {
                    Some(items) => {
                        let value = sprintf_result(format, &items);
                        self.store.release(items);
                        value
                    }
                    None => Partial::Unknown,
                }
            }
            (Builtin::Sum | Builtin::Min | Builtin::Max, _, [value]) => {
                let array = is_array(*value);
                self.all_values(*value, frame)
                    .map_or(Partial::Unknown, |values| self.aggregate(builtin, &values, array))
            }
            (Builtin::Marshal, [Term::Input(0, steps)], _) if steps.is_empty() => {
                self.texts.json(self.declaration).map_or(Partial::AnyText, Partial::Text)
            }
            (Builtin::Lower, _, [value @ Partial::Text(text)]) => {
                self.texts.lowercase_json(text).map_or_else(|| unary(builtin, *value), Partial::Text)
            }
            (Builtin::Matches, _, [Partial::Text(pattern), text]) => match text.text() {
                Some(text) => texts::matches(pattern, &text).map_or(Partial::Unknown, Partial::Bool),
                None => Partial::Unknown,
            },
            (Builtin::Sub, _, [left, right]) if sets => self.difference(*left, *right, frame),
            (_, _, [value]) => unary(builtin, *value),
            (_, _, [left, right]) => binary(builtin, *left, *right),
            _ => Partial::Unknown,
        }
    }

    /// Whether a value is certainly an object.
    fn is_object(&self, value: Partial<'a>) -> bool {
        match value {
            Partial::Object(_)
            | Partial::Map(_)
            | Partial::Filter(..)
            | Partial::Data(Value::Object(_))
            | Partial::Const(Const::Object(_)) => true,
            Partial::Rule(at) => self.def(at).is_some_and(|def| def.kind == Kind::Object),
            _ => false,
        }
    }

    /// The fields of `object` whose keys are in the set `keys`. If `with` is false, the fields whose keys are not in the set.
    fn filter(&self, object: Partial<'a>, keys: Partial<'a>, with: bool, frame: &mut Frame<'a>) -> Partial<'a> {
        let keys = match keys {
            Partial::Const(Const::Array(keys) | Const::Set(keys)) => keys.iter().map(Partial::from).collect(),
            keys if self.is_set(keys) => match self.all_values(keys, frame) {
                Some(keys) => keys,
                None => return Partial::Unknown,
            },
            _ => return Partial::Unknown,
        };
        let Some(fields) = self.all_pairs(object, frame) else { return Partial::Unknown };
        let mut kept = self.store.list();
        for field in fields.chunks_exact(2) {
            let key = field.first().copied().unwrap_or(Partial::Unknown);
            match keys.iter().map(|wanted| self.equals(*wanted, key)).max().unwrap_or(No) {
                Perhaps => return Partial::Unknown,
                held if (held == Yes) == with => kept.extend_from_slice(field),
                _ => {}
            }
        }
        self.store.release(fields);
        self.store.release(keys);
        self.keep(kept, Partial::Object)
    }

    /// The union of two objects. If both objects have the same key, the union is unknown, because the engine merges nested objects.
    fn union(&self, left: Partial<'a>, right: Partial<'a>, frame: &mut Frame<'a>) -> Partial<'a> {
        let (Some(mut fields), Some(right)) = (self.all_pairs(left, frame), self.all_pairs(right, frame)) else {
            return Partial::Unknown;
        };
        let mut keys = right.iter().step_by(2);
        if keys.any(|key| fields.iter().step_by(2).any(|other| self.equals(*key, *other) != No)) {
            return Partial::Unknown;
        }
        fields.extend_from_slice(&right);
        self.store.release(right);
        self.keep(fields, Partial::Object)
    }

    fn aggregate(&self, builtin: Builtin, values: &[Partial<'a>], array: bool) -> Partial<'a> {
        if builtin == Builtin::Sum {
            let add = |sum: i64, value: &Partial<'a>| match value {
                Partial::Int(value) => sum.checked_add(*value),
                _ => None,
            };
            // The list of a set's values may contain a value twice, so the sum is known only if the set is empty.
            let sum = values.iter().try_fold(0, add).filter(|_| array || values.is_empty());
            return sum.map_or(Partial::Unknown, Partial::Int);
        }
        let Some((first, others)) = values.split_first() else { return Partial::Undefined };
        let mut best = *first;
        for other in others {
            match self.order(*other, best) {
                Some(Ordering::Less) if builtin == Builtin::Min => best = *other,
                Some(Ordering::Greater) if builtin == Builtin::Max => best = *other,
                Some(_) => {}
                None => return Partial::Unknown,
            }
        }
        best
    }

    /// The items of an array from `start` to before `stop`. If the order of the array is unknown, the
    /// result is known only if it is the whole array or empty.
    fn slice(&self, mut items: Vec<Partial<'a>>, array: Partial<'a>, start: i64, stop: i64) -> Partial<'a> {
        let within = |at: i64| usize::try_from(at).unwrap_or(0).min(items.len());
        let (start, stop) = (within(start), within(stop));
        let whole = start == 0 && stop == items.len();
        if start < stop && !whole && items.len() > 1 && !is_ordered(array) {
            return Partial::Unknown;
        }
        items.truncate(stop);
        items.drain(..start.min(stop));
        self.keep_array(items, is_ordered(array))
    }

    /// The items of a set that are not in another set.
    fn difference(&self, left: Partial<'a>, right: Partial<'a>, frame: &mut Frame<'a>) -> Partial<'a> {
        let (Some(left), Some(right)) = (self.all_values(left, frame), self.all_values(right, frame)) else {
            return Partial::Unknown;
        };
        let mut kept = self.store.list();
        for item in left.iter().copied() {
            match right.iter().map(|other| self.equals(item, *other)).max().unwrap_or(No) {
                Yes => {}
                Perhaps => return Partial::Unknown,
                No => kept.push(item),
            }
        }
        self.store.release(left);
        self.store.release(right);
        self.keep(kept, Partial::Set)
    }

    /// `object.get`: returns the default if the path does not exist.
    fn object_get(&self, object: Partial<'a>, key: Partial<'a>, default: Partial<'a>) -> Partial<'a> {
        if !matches!(object, Partial::Map(_) | Partial::Data(Value::Object(_))) {
            return Partial::Unknown;
        }
        let mut value = object;
        let length = key.length();
        for at in 0..length.unwrap_or(1) {
            let key = if length.is_some() { self.nth(key, at).unwrap_or(Partial::Unknown) } else { key };
            value = match key {
                Partial::Text(_) => self.step(value, key),
                _ => return Partial::Unknown,
            };
        }
        if matches!(value, Partial::Undefined) { default } else { value }
    }

    /// The start of a day, in nanoseconds since the epoch.
    fn parse_midnight(&self, parts: &'a [Term], frame: &mut Frame<'a>) -> Partial<'a> {
        let [Term::Const(Const::Text(between)), Term::Array(items)] = parts else {
            return if self.all_defined(parts, frame) == No { Partial::Undefined } else { Partial::Unknown };
        };
        let [day, Term::Const(Const::Text(time))] = items.as_slice() else {
            return if self.all_defined(items, frame) == No { Partial::Undefined } else { Partial::Unknown };
        };
        let day = match self.term(day, frame) {
            Partial::Text(day) => day,
            Partial::Undefined => return Partial::Undefined,
            _ => return Partial::Unknown,
        };
        let form = day.len() == 10
            && day
                .bytes()
                .enumerate()
                .all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() });
        if !between.is_empty() || time != MIDNIGHT || !form {
            return Partial::Unknown;
        }
        let nanoseconds = |day: Date| day.duration_since(date(1970, 1, 1)).as_secs().checked_mul(1_000_000_000);
        day.parse().ok().and_then(nanoseconds).map_or(Partial::Unknown, Partial::Int)
    }
}

/// The result of `sprintf`; unknown if the engine could reject the arguments.
fn sprintf_result<'a>(format: &str, values: &[Partial<'a>]) -> Partial<'a> {
    if let ("%d", [Partial::Int(number)]) = (format, values) {
        return Partial::Digits(*number);
    }
    let mut verbs = format.split('%').skip(1).map(|part| part.chars().next());
    let fits = |value: &Partial<'_>| match (verbs.next().flatten(), value) {
        (Some('s'), value) if value.is_text() => true,
        (Some('d'), Partial::Int(_)) => true,
        (Some('v'), value) => value.is_scalar(),
        _ => false,
    };
    if values.iter().all(fits) && verbs.next().is_none() { Partial::AnyText } else { Partial::Unknown }
}

/// Whether the positions of the items of an array are known.
fn is_ordered(value: Partial<'_>) -> bool {
    !matches!(value, Partial::Comprehension(_) | Partial::Unordered(_))
}

/// Whether a value is an array.
fn is_array(value: Partial<'_>) -> bool {
    match value {
        Partial::Comprehension(body) => !body.is_set,
        Partial::Array(_) | Partial::Unordered(_) => true,
        other => matches!(shape(other), Some((Form::Array, _))),
    }
}

/// Whether a value is a collection whose items are known.
fn has_items(value: Partial<'_>) -> bool {
    matches!(value, Partial::Filter(..)) || shape(value).is_some()
}

fn unary(builtin: Builtin, value: Partial<'_>) -> Partial<'_> {
    match (builtin, value) {
        (Builtin::TrimSpace, Partial::Text(text)) => Partial::Text(text.trim()),
        (Builtin::Lower, Partial::Text(text))
            if !text.bytes().any(|byte| byte.is_ascii_uppercase() || !byte.is_ascii()) =>
        {
            Partial::Text(text)
        }
        (Builtin::Lower, Partial::Text(text)) => Partial::Cased(text, false),
        (Builtin::Upper, Partial::Text(text)) => Partial::Cased(text, true),
        (Builtin::IsString, value) if value.is_text() => Partial::Bool(true),
        (Builtin::IsString, value) if value.is_scalar() || has_items(value) => Partial::Bool(false),
        (Builtin::IsBoolean, value) if value.is_scalar() => Partial::Bool(matches!(value, Partial::Bool(_))),
        (Builtin::IsObject | Builtin::IsArray, value) if value.is_scalar() => Partial::Bool(false),
        (Builtin::IsObject | Builtin::IsArray | Builtin::IsBoolean, value) => {
            let wanted = [(Builtin::IsObject, Form::Object), (Builtin::IsArray, Form::Array)];
            shape(value).map_or(Partial::Unknown, |(form, _)| Partial::Bool(wanted.contains(&(builtin, form))))
        }
        _ => Partial::Unknown,
    }
}

fn binary<'a>(builtin: Builtin, left: Partial<'a>, right: Partial<'a>) -> Partial<'a> {
    if let (Partial::Int(left), Partial::Int(right)) = (left, right) {
        let number = match builtin {
            Builtin::Add => left.checked_add(right),
            Builtin::Sub => left.checked_sub(right),
            Builtin::Mul => left.checked_mul(right),
            Builtin::Div if left.checked_rem(right) == Some(0) => left.checked_div(right),
            _ => None,
        };
        return number.map_or(Partial::Unknown, Partial::Int);
    }
    let Some(text) = left.text() else { return Partial::Unknown };
    let Partial::Text(part) = right else { return Partial::Unknown };
    Partial::Bool(match builtin {
        Builtin::StartsWith => text.starts_with(part),
        Builtin::EndsWith => text.ends_with(part),
        Builtin::Contains => text.contains(part),
        _ => return Partial::Unknown,
    })
}
