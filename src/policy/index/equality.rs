//! Compares values part by part.

use regorus::Value;

use super::{
    eval::Query,
    model::Const,
    partial::{
        Form,
        Holds::{self, No, Perhaps, Yes},
        Partial, equal,
    },
};

impl<'a> Query<'a, '_> {
    /// Whether two values are equal.
    #[inline]
    pub(super) fn equals(&self, one: Partial<'a>, other: Partial<'a>) -> Holds {
        match (one, other) {
            (Partial::Text(one), Partial::Text(other)) => Holds::from(one == other),
            (one, other) => match equal(one, other) {
                Perhaps => self.equal_parts(one, other),
                held => held,
            },
        }
    }

    /// Whether two collections are equal.
    #[inline(never)]
    fn equal_parts(&self, one: Partial<'a>, other: Partial<'a>) -> Holds {
        let (Some(form), Some(other_form)) = (form(one), form(other)) else { return Perhaps };
        if form != other_form {
            return No;
        }
        match form {
            _ if one.is_identical(other) => Yes,
            Form::Array => self.equal_arrays(one, other),
            Form::Object => self.equal_objects(one, other),
            Form::Set => self.is_subset(one, other).min(self.is_subset(other, one)),
        }
    }

    fn equal_arrays(&self, one: Partial<'a>, other: Partial<'a>) -> Holds {
        let (Some(length), Some(other_length)) = (one.length(), other.length()) else { return Perhaps };
        if length != other_length {
            return No;
        }
        let mut held = Yes;
        for at in 0..length {
            let items = self.nth(one, at).zip(self.nth(other, at)).filter(|_| self.visit());
            held = held.min(items.map_or(Perhaps, |(one, other)| self.equals(one, other)));
            if held == No {
                break;
            }
        }
        held
    }

    fn equal_objects(&self, one: Partial<'a>, other: Partial<'a>) -> Holds {
        match (self.fields(one), self.fields(other)) {
            (Some(one), Some(other)) if one == other => {}
            (Some(_), Some(_)) => return No,
            _ => return Perhaps,
        }
        // A look-up is faster in the declaration than in the data.
        let (one, other) = if matches!(one, Partial::Map(_)) { (other, one) } else { (one, other) };
        let mut held = Yes;
        let known = self.each_item(one, &mut |key, value| {
            held = held.min(match key {
                Partial::Text(_) if self.visit() => self.equals(value, self.step(other, key)),
                _ => Perhaps,
            });
            held != No
        });
        if known { held } else { Perhaps }
    }

    /// The number of fields of an object.
    fn fields(&self, value: Partial<'a>) -> Option<usize> {
        match value {
            Partial::Map(slice) => Some(slice.len()),
            Partial::Data(Value::Object(fields)) => Some(fields.len()),
            Partial::Const(Const::Object(fields)) => Some(fields.len()),
            // A stored object that a rule creates may list the same field twice.
            Partial::Object(slice) => self.distinct(slice, 2).filter(|count| *count == slice.len() / 2),
            _ => None,
        }
    }

    /// Whether the set `other` contains all items of the set `one`.
    fn is_subset(&self, one: Partial<'a>, other: Partial<'a>) -> Holds {
        let mut held = Yes;
        let known = self.each_item(one, &mut |_, item| {
            let mut found = No;
            let known = self.each_item(other, &mut |_, other| {
                found = found.max(if self.visit() { self.equals(item, other) } else { Perhaps });
                found != Yes
            });
            held = held.min(if known { found } else { Perhaps });
            held != No
        });
        if known { held } else { Perhaps }
    }
}

/// The type of a collection that can be compared item by item.
fn form(value: Partial<'_>) -> Option<Form> {
    Some(match value {
        Partial::List(_) | Partial::Array(_) | Partial::Data(Value::Array(_)) | Partial::Const(Const::Array(_)) => {
            Form::Array
        }
        Partial::Map(_) | Partial::Object(_) | Partial::Data(Value::Object(_)) | Partial::Const(Const::Object(_)) => {
            Form::Object
        }
        Partial::Set(_) | Partial::Data(Value::Set(_)) | Partial::Const(Const::Set(_)) => Form::Set,
        _ => return None,
    })
}
