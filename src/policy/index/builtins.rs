//! Builtins, as far as their value can be known without the engine.

use std::cmp::Ordering;

use jiff::civil::{Date, date};
use regorus::Value;

use super::{
    eval::{Ask, Frame},
    model::{Builtin, Const, Term},
    seen::{
        Holds::{No, Perhaps, Yes},
        Seen, same,
    },
};
use crate::source::Yaml;

/// What `lib/dates.rego` makes a time of a day by.
const MIDNIGHT: &str = "T00:00:00Z";

impl<'a> Ask<'a, '_> {
    pub(super) fn builtin(&self, builtin: Builtin, terms: &'a [Term], frame: &mut Frame<'a>) -> Seen<'a> {
        // A builtin with an argument that is undefined is undefined.
        if self.least(terms, frame) == No {
            return Seen::Undefined;
        }
        match (builtin, terms) {
            (Builtin::Either, _) => Seen::Either(terms),
            (Builtin::Both, [_, _]) => Seen::Both(terms),
            (Builtin::ParseTime, [Term::Builtin(Builtin::Concat, parts)]) => self.midnight(parts, frame),
            (Builtin::Filter, [object, keys]) => {
                let object = self.term(object, frame);
                match (object, self.term(keys, frame)) {
                    (Seen::Node(node), Seen::Const(Const::Array(keys))) if matches!(node.value, Yaml::Map(_)) => {
                        Seen::Filter(node, keys)
                    }
                    (
                        Seen::Rule(_) | Seen::Record(_) | Seen::Data(Value::Object(_)),
                        Seen::Const(Const::Array(keys)),
                    ) => self.filter(object, keys, frame),
                    _ => Seen::Unknown,
                }
            }
            (Builtin::Get, [object, key, default]) => self.get(object, key, default, frame),
            (Builtin::Sprintf, [Term::Const(Const::Text(format)), Term::Items(items)]) => {
                let values: Vec<Seen<'a>> = items.iter().map(|item| self.term(item, frame)).collect();
                formatted(format, &values)
            }
            (Builtin::Sum | Builtin::Min | Builtin::Max, [term]) => {
                let value = self.term(term, frame);
                self.gather(value, frame).map_or(Seen::Unknown, |values| self.fold(builtin, &values))
            }
            (Builtin::Sub, [left, right]) => {
                let left = self.term(left, frame);
                let right = self.term(right, frame);
                if left.is_scalar() { two(builtin, left, right) } else { self.without(left, right, frame) }
            }
            (_, [term]) => one(builtin, self.term(term, frame)),
            (_, [left, right]) => {
                let left = self.term(left, frame);
                two(builtin, left, self.term(right, frame))
            }
            _ => Seen::Unknown,
        }
    }

    /// The fields of an object with one of these keys.
    fn filter(&self, object: Seen<'a>, keys: &'a [Const], frame: &mut Frame<'a>) -> Seen<'a> {
        let Some(fields) = self.pairs(object, frame) else { return Seen::Unknown };
        let mut kept = Vec::new();
        for (key, value) in fields {
            match keys.iter().map(|wanted| same(Seen::from(wanted), key)).max().unwrap_or(No) {
                Yes => kept.extend([key, value]),
                Perhaps => return Seen::Unknown,
                No => {}
            }
        }
        self.put(kept, Seen::Record)
    }

    fn fold(&self, builtin: Builtin, values: &[Seen<'a>]) -> Seen<'a> {
        if builtin == Builtin::Sum {
            // Of a set in which a value may stand twice, no sum is known but that of nothing.
            return if values.is_empty() { Seen::Int(0) } else { Seen::Unknown };
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

    /// `object.get`: the default where something is not there.
    fn get(&self, object: &'a Term, key: &'a Term, default: &'a Term, frame: &mut Frame<'a>) -> Seen<'a> {
        let mut value = self.term(object, frame);
        let is_map = match value {
            Seen::Node(node) => matches!(node.value, Yaml::Map(_)),
            Seen::Data(value) => value.as_object().is_ok(),
            _ => false,
        };
        if !is_map {
            return Seen::Unknown;
        }
        let keys: Vec<Seen<'a>> = match key {
            Term::Items(terms) => terms.iter().map(|term| self.term(term, frame)).collect(),
            Term::Const(Const::Array(keys)) => keys.iter().map(Seen::from).collect(),
            key => vec![self.term(key, frame)],
        };
        for key in keys {
            value = match key {
                Seen::Text(_) => value.get(key),
                _ => return Seen::Unknown,
            };
        }
        if matches!(value, Seen::Undefined) { self.term(default, frame) } else { value }
    }

    /// Nanoseconds at the beginning of a day.
    fn midnight(&self, parts: &'a [Term], frame: &mut Frame<'a>) -> Seen<'a> {
        let [Term::Const(Const::Text(between)), Term::Items(items)] = parts else { return Seen::Unknown };
        let [day, Term::Const(Const::Text(time))] = items.as_slice() else { return Seen::Unknown };
        let Seen::Text(day) = self.term(day, frame) else { return Seen::Unknown };
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

/// What is known of a text that is put together: nothing that the engine could refuse.
fn formatted<'a>(format: &str, values: &[Seen<'a>]) -> Seen<'a> {
    if let ("%d", [Seen::Int(number)]) = (format, values) {
        return Seen::Digits(*number);
    }
    let mut verbs = format.split('%').skip(1).map(|part| part.chars().next());
    let fits = |value: &Seen<'_>| match (verbs.next().flatten(), value) {
        (Some('s'), Seen::Text(_) | Seen::Cased(..) | Seen::Told) | (Some('d'), Seen::Int(_)) => true,
        (Some('v'), value) => value.is_scalar(),
        _ => false,
    };
    if values.iter().all(fits) && verbs.next().is_none() { Seen::Told } else { Seen::Unknown }
}

fn one(builtin: Builtin, value: Seen<'_>) -> Seen<'_> {
    match (builtin, value) {
        (Builtin::Lower, Seen::Text(text)) => Seen::Cased(text, false),
        (Builtin::Upper, Seen::Text(text)) => Seen::Cased(text, true),
        (Builtin::IsString, Seen::Text(_) | Seen::Cased(..) | Seen::Digits(_)) => Seen::Bool(true),
        (Builtin::IsString, value) if value.is_scalar() || value.items().is_some() => Seen::Bool(false),
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
