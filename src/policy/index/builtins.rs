//! Builtins, as far as their value is known without the engine.

use std::cmp::Ordering;

use jiff::civil::{Date, date};
use regorus::Value;

use super::{
    eval::{Ask, Frame},
    model::{Builtin, Const, Kind, Term},
    seen::{
        Form,
        Holds::{No, Perhaps, Yes},
        Seen, same, shape,
    },
    texts,
    values::defined,
};
use crate::source::Yaml;

/// The suffix with which `lib/dates.rego` makes a date a time.
const MIDNIGHT: &str = "T00:00:00Z";

impl<'a> Ask<'a, '_> {
    pub(super) fn builtin(&self, builtin: Builtin, terms: &'a [Term], frame: &mut Frame<'a>) -> Seen<'a> {
        if let (Builtin::ParseTime, [Term::Builtin(Builtin::Concat, parts)]) = (builtin, terms) {
            return self.midnight(parts, frame);
        }
        // Each argument once: arguments may be builtins, too.
        let values: Vec<Seen<'a>> = terms.iter().map(|term| self.term(term, frame)).collect();
        // A builtin with an undefined argument is undefined.
        if values.iter().any(|value| matches!(value, Seen::Undefined)) {
            return Seen::Undefined;
        }
        // If an argument may be undefined, so may the result.
        if values.iter().any(|value| defined(*value) != Yes) {
            return Seen::Unknown;
        }
        let sets = values.iter().all(|value| self.is_set(*value));
        match (builtin, terms, values.as_slice()) {
            // For other types the engine does not define a union.
            (Builtin::Either, _, _) if sets => Seen::Either(terms),
            (Builtin::Both, [_, _], _) if sets => Seen::Both(terms),
            (Builtin::Filter, _, [Seen::Node(node), Seen::Const(Const::Array(keys) | Const::Set(keys))])
                if matches!(node.value, Yaml::Map(_)) =>
            {
                Seen::Filter(node, keys)
            }
            (Builtin::Filter | Builtin::Remove, _, [object, keys]) if self.is_object(*object) => {
                self.filter(*object, *keys, builtin == Builtin::Filter, frame)
            }
            (Builtin::Union, _, [left, right]) if self.is_object(*left) && self.is_object(*right) => {
                self.union(*left, *right, frame)
            }
            (Builtin::Replace, _, [text, old, new]) if text.is_text() && old.is_text() && new.is_text() => Seen::Told,
            (Builtin::ArrayConcat, _, [left, right]) if is_array(*left) && is_array(*right) => {
                let ordered = is_ordered(*left) && is_ordered(*right);
                match (self.gather(*left, frame), self.gather(*right, frame)) {
                    (Some(left), Some(right)) => self.array([left, right].concat(), ordered),
                    _ => Seen::Unknown,
                }
            }
            (Builtin::Split, _, [Seen::Text(text), Seen::Text(separator)]) if !separator.is_empty() => {
                self.array(text.split(separator).map(Seen::Text).collect(), true)
            }
            (Builtin::ArraySlice, _, [array, Seen::Int(start), Seen::Int(stop)]) if is_array(*array) => {
                self.gather(*array, frame).map_or(Seen::Unknown, |items| self.slice(items, *array, *start, *stop))
            }
            (Builtin::Get, _, [object, key, default]) => self.get(*object, *key, *default),
            (Builtin::Sprintf, [Term::Const(Const::Text(format)), Term::Items(_)], [_, items]) => {
                let items = self.items(*items).map(|items| items.into_iter().map(|(_, item)| item).collect::<Vec<_>>());
                items.map_or(Seen::Unknown, |items| formatted(format, &items))
            }
            (Builtin::Sum | Builtin::Min | Builtin::Max, _, [value]) => {
                let array = is_array(*value);
                self.gather(*value, frame).map_or(Seen::Unknown, |values| self.fold(builtin, &values, array))
            }
            (Builtin::Marshal, [Term::Input(steps)], _) if steps.is_empty() => {
                self.texts.json(self.root).map_or(Seen::Told, Seen::Text)
            }
            (Builtin::Matches, _, [Seen::Text(pattern), text]) => match text.text() {
                Some(text) => texts::matches(pattern, &text).map_or(Seen::Unknown, Seen::Bool),
                None => Seen::Unknown,
            },
            (Builtin::Sub, _, [left, right]) if sets => self.without(*left, *right, frame),
            (_, _, [value]) => one(builtin, *value),
            (_, _, [left, right]) => two(builtin, *left, *right),
            _ => Seen::Unknown,
        }
    }

    /// Whether a value is an object that `filter` can iterate over.
    fn is_object(&self, value: Seen<'a>) -> bool {
        match value {
            Seen::Record(_) | Seen::Filter(..) | Seen::Data(Value::Object(_)) | Seen::Const(Const::Object(_)) => true,
            Seen::Node(node) => matches!(node.value, Yaml::Map(_)),
            Seen::Rule(at) => self.def(at).is_some_and(|def| def.kind == Kind::Object),
            _ => false,
        }
    }

    /// The fields of an object whose keys are in this set, or those whose keys are not.
    fn filter(&self, object: Seen<'a>, keys: Seen<'a>, with: bool, frame: &mut Frame<'a>) -> Seen<'a> {
        let keys = match keys {
            Seen::Const(Const::Array(keys) | Const::Set(keys)) => keys.iter().map(Seen::from).collect(),
            keys if self.is_set(keys) => match self.gather(keys, frame) {
                Some(keys) => keys,
                None => return Seen::Unknown,
            },
            _ => return Seen::Unknown,
        };
        let Some(fields) = self.pairs(object, frame) else { return Seen::Unknown };
        let mut kept = Vec::new();
        for (key, value) in fields {
            match keys.iter().map(|wanted| same(*wanted, key)).max().unwrap_or(No) {
                Perhaps => return Seen::Unknown,
                held if (held == Yes) == with => kept.extend([key, value]),
                _ => {}
            }
        }
        self.put(kept, Seen::Record)
    }

    /// The fields of two objects. Unknown where both have a key: the engine merges nested objects.
    fn union(&self, left: Seen<'a>, right: Seen<'a>, frame: &mut Frame<'a>) -> Seen<'a> {
        let (Some(mut fields), Some(right)) = (self.pairs(left, frame), self.pairs(right, frame)) else {
            return Seen::Unknown;
        };
        if right.iter().any(|(key, _)| fields.iter().any(|(other, _)| same(*key, *other) != No)) {
            return Seen::Unknown;
        }
        fields.extend(right);
        self.put(fields.into_iter().flat_map(|(key, value)| [key, value]).collect(), Seen::Record)
    }

    fn fold(&self, builtin: Builtin, values: &[Seen<'a>], array: bool) -> Seen<'a> {
        if builtin == Builtin::Sum {
            let add = |sum: i64, value: &Seen<'a>| match value {
                Seen::Int(value) => sum.checked_add(*value),
                _ => None,
            };
            // A set may list a value twice, so only the sum of an empty set is known.
            let sum = values.iter().try_fold(0, add).filter(|_| array || values.is_empty());
            return sum.map_or(Seen::Unknown, Seen::Int);
        }
        let Some((first, others)) = values.split_first() else { return Seen::Undefined };
        let mut best = *first;
        for other in others {
            match self.order(*other, best) {
                Some(Ordering::Less) if builtin == Builtin::Min => best = *other,
                Some(Ordering::Greater) if builtin == Builtin::Max => best = *other,
                Some(_) => {}
                None => return Seen::Unknown,
            }
        }
        best
    }

    /// The items of an array from `start` up to `stop`. Unknown if it has a part of an array whose order is not known.
    fn slice(&self, mut items: Vec<Seen<'a>>, array: Seen<'a>, start: i64, stop: i64) -> Seen<'a> {
        let within = |at: i64| usize::try_from(at).unwrap_or(0).min(items.len());
        let (start, stop) = (within(start), within(stop));
        let whole = start == 0 && stop == items.len();
        if start < stop && !whole && items.len() > 1 && !is_ordered(array) {
            return Seen::Unknown;
        }
        items.truncate(stop);
        items.drain(..start.min(stop));
        self.array(items, is_ordered(array))
    }

    /// The items of a set that are not in another.
    fn without(&self, left: Seen<'a>, right: Seen<'a>, frame: &mut Frame<'a>) -> Seen<'a> {
        let (Some(left), Some(right)) = (self.gather(left, frame), self.gather(right, frame)) else {
            return Seen::Unknown;
        };
        let mut kept = Vec::new();
        for item in left {
            match right.iter().map(|other| same(item, *other)).max().unwrap_or(No) {
                Yes => {}
                Perhaps => return Seen::Unknown,
                No => kept.push(item),
            }
        }
        self.put(kept, Seen::Pool)
    }

    /// `object.get`: returns the default if the path does not exist.
    fn get(&self, object: Seen<'a>, key: Seen<'a>, default: Seen<'a>) -> Seen<'a> {
        let is_map = match object {
            Seen::Node(node) => matches!(node.value, Yaml::Map(_)),
            Seen::Data(value) => value.as_object().is_ok(),
            _ => false,
        };
        if !is_map {
            return Seen::Unknown;
        }
        let keys: Vec<Seen<'a>> = match key {
            Seen::Tuple(_) => self.items(key).unwrap_or_default().into_iter().map(|(_, key)| key).collect(),
            Seen::Const(Const::Array(keys)) => keys.iter().map(Seen::from).collect(),
            key => vec![key],
        };
        let mut value = object;
        for key in keys {
            value = match key {
                Seen::Text(_) => value.get(key),
                _ => return Seen::Unknown,
            };
        }
        if matches!(value, Seen::Undefined) { default } else { value }
    }

    /// Nanoseconds since the epoch at the start of a day.
    fn midnight(&self, parts: &'a [Term], frame: &mut Frame<'a>) -> Seen<'a> {
        let [Term::Const(Const::Text(between)), Term::Items(items)] = parts else {
            return if self.least(parts, frame) == No { Seen::Undefined } else { Seen::Unknown };
        };
        let [day, Term::Const(Const::Text(time))] = items.as_slice() else {
            return if self.least(items, frame) == No { Seen::Undefined } else { Seen::Unknown };
        };
        let day = match self.term(day, frame) {
            Seen::Text(day) => day,
            Seen::Undefined => return Seen::Undefined,
            _ => return Seen::Unknown,
        };
        let form = day.len() == 10
            && day
                .bytes()
                .enumerate()
                .all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() });
        if !between.is_empty() || time != MIDNIGHT || !form {
            return Seen::Unknown;
        }
        let nanoseconds = |day: Date| day.duration_since(date(1970, 1, 1)).as_secs().checked_mul(1_000_000_000);
        day.parse().ok().and_then(nanoseconds).map_or(Seen::Unknown, Seen::Int)
    }
}

/// Checks a string composed of parts: unknown if the engine could refuse it.
fn formatted<'a>(format: &str, values: &[Seen<'a>]) -> Seen<'a> {
    if let ("%d", [Seen::Int(number)]) = (format, values) {
        return Seen::Digits(*number);
    }
    let mut verbs = format.split('%').skip(1).map(|part| part.chars().next());
    let fits = |value: &Seen<'_>| match (verbs.next().flatten(), value) {
        (Some('s'), value) if value.is_text() => true,
        (Some('d'), Seen::Int(_)) => true,
        (Some('v'), value) => value.is_scalar(),
        _ => false,
    };
    if values.iter().all(fits) && verbs.next().is_none() { Seen::Told } else { Seen::Unknown }
}

/// Whether the places of the items of an array are known.
fn is_ordered(value: Seen<'_>) -> bool {
    !matches!(value, Seen::All(_) | Seen::Heap(_))
}

/// Whether a value is an array.
fn is_array(value: Seen<'_>) -> bool {
    match value {
        Seen::All(body) => !body.is_set,
        Seen::Tuple(_) | Seen::Heap(_) => true,
        other => matches!(shape(other), Some((Form::Array, _))),
    }
}

fn one(builtin: Builtin, value: Seen<'_>) -> Seen<'_> {
    match (builtin, value) {
        (Builtin::TrimSpace, Seen::Text(text)) => Seen::Text(text.trim()),
        (Builtin::Lower, Seen::Text(text))
            if !text.bytes().any(|byte| byte.is_ascii_uppercase() || !byte.is_ascii()) =>
        {
            Seen::Text(text)
        }
        (Builtin::Lower, Seen::Text(text)) => Seen::Cased(text, false),
        (Builtin::Upper, Seen::Text(text)) => Seen::Cased(text, true),
        (Builtin::IsString, value) if value.is_text() => Seen::Bool(true),
        (Builtin::IsString, value) if value.is_scalar() || value.items().is_some() => Seen::Bool(false),
        (Builtin::IsBoolean, value) if value.is_scalar() => Seen::Bool(matches!(value, Seen::Bool(_))),
        (Builtin::IsObject | Builtin::IsArray, value) if value.is_scalar() => Seen::Bool(false),
        (Builtin::IsObject | Builtin::IsArray | Builtin::IsBoolean, value) => {
            let wanted = [(Builtin::IsObject, Form::Object), (Builtin::IsArray, Form::Array)];
            shape(value).map_or(Seen::Unknown, |(form, _)| Seen::Bool(wanted.contains(&(builtin, form))))
        }
        _ => Seen::Unknown,
    }
}

fn two<'a>(builtin: Builtin, left: Seen<'a>, right: Seen<'a>) -> Seen<'a> {
    if let (Seen::Int(left), Seen::Int(right)) = (left, right) {
        let number = match builtin {
            Builtin::Add => left.checked_add(right),
            Builtin::Sub => left.checked_sub(right),
            Builtin::Mul => left.checked_mul(right),
            Builtin::Div if left.checked_rem(right) == Some(0) => left.checked_div(right),
            _ => None,
        };
        return number.map_or(Seen::Unknown, Seen::Int);
    }
    let Some(text) = left.text() else { return Seen::Unknown };
    let Seen::Text(part) = right else { return Seen::Unknown };
    Seen::Bool(match builtin {
        Builtin::StartsWith => text.starts_with(part),
        Builtin::EndsWith => text.ends_with(part),
        Builtin::Contains => text.contains(part),
        _ => return Seen::Unknown,
    })
}
