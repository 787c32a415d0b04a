//! Partially known values. They refer to values in a declaration, in the data of a run or in a rule, and do not copy these values.

use std::{borrow::Cow, ops::Range};

use regorus::Value;

use super::{
    model::{Body, Const, Term},
    texts::lowercase,
};

/// Whether a condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Holds {
    No,
    Perhaps,
    Yes,
}

impl Holds {
    pub(super) fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Perhaps => Self::Perhaps,
            Self::Yes => Self::No,
        }
    }
}

impl From<bool> for Holds {
    fn from(value: bool) -> Self {
        if value { Self::Yes } else { Self::No }
    }
}

/// A range of consecutive values, by position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slice {
    start: u32,
    len: u32,
}

impl Slice {
    /// The limits permit fewer than 2³² values. With more values, the slice would be empty.
    pub(super) fn new(start: usize, len: usize) -> Self {
        match (u32::try_from(start), u32::try_from(len)) {
            (Ok(start), Ok(len)) => Self { start, len },
            _ => Self { start: 0, len: 0 },
        }
    }

    pub(super) fn start(self) -> usize {
        self.start as usize
    }

    pub(super) fn len(self) -> usize {
        self.len as usize
    }

    pub(super) fn range(self) -> Range<usize> {
        self.start()..self.start() + self.len()
    }
}

/// A partially known value.
#[derive(Debug, Clone, Copy)]
pub(super) enum Partial<'a> {
    Undefined,
    /// Anything, including undefined.
    Unknown,
    /// Neither undefined nor false nor zero.
    NonZero,
    /// A collection.
    Collection,
    Null,
    Bool(bool),
    Int(i64),
    Text(&'a str),
    /// A number that is not an integer or is out of range.
    Number,
    /// A mapping of the declaration, by the positions of its entries in the tree.
    Map(Slice),
    /// A list of the declaration, by the positions of its items in the tree.
    List(Slice),
    /// An array, object or set of the data.
    Data(&'a Value),
    /// An array, object or set of a rule.
    Const(&'a Const),
    /// A rule that is a set or an object.
    Rule(usize),
    /// A comprehension in the same body.
    Comprehension(&'a Body),
    /// A string to convert to lower case, or to upper case if the flag is true.
    Cased(&'a str, bool),
    /// The text of an integer.
    Digits(i64),
    /// An unknown string.
    AnyText,
    /// The fields of a mapping whose keys are in the list.
    Filter(Slice, &'a Vec<Const>),
    /// The union of sets in the same body.
    Union(&'a [Term]),
    /// The intersection of two sets in the same body.
    Intersection(&'a [Term]),
    /// An array, by the positions of its stored values.
    Array(Slice),
    /// A stored set, which may list a value twice.
    Set(Slice),
    /// A stored array whose order is unknown.
    Unordered(Slice),
    /// A stored object: keys and values alternate. The same field may be listed twice.
    Object(Slice),
}

impl<'a> From<&'a Value> for Partial<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Undefined => Self::Undefined,
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(_) => value.as_i64().map_or(Self::Number, Self::Int),
            Value::String(text) => Self::Text(text),
            Value::Array(_) | Value::Set(_) | Value::Object(_) => Self::Data(value),
        }
    }
}

impl<'a> From<&'a Const> for Partial<'a> {
    fn from(value: &'a Const) -> Self {
        match value {
            Const::Null => Self::Null,
            Const::Bool(value) => Self::Bool(*value),
            Const::Int(value) => Self::Int(*value),
            Const::Text(text) => Self::Text(text),
            Const::Array(_) | Const::Set(_) | Const::Object(_) => Self::Const(value),
        }
    }
}

impl<'a> Partial<'a> {
    /// The string of a `Text`.
    pub(super) fn as_text(&self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether two values are certainly the same, without comparing their parts.
    #[inline]
    pub(super) fn is_identical(self, other: Self) -> bool {
        match (self, other) {
            (Self::Undefined, Self::Undefined) | (Self::Null, Self::Null) => true,
            (Self::Bool(one), Self::Bool(other)) => one == other,
            (Self::Int(one), Self::Int(other)) | (Self::Digits(one), Self::Digits(other)) => one == other,
            (Self::Text(one), Self::Text(other)) => one == other,
            (Self::Cased(one, up), Self::Cased(other, high)) => up == high && one == other,
            (Self::Data(one), Self::Data(other)) => std::ptr::eq(one, other),
            (Self::Const(one), Self::Const(other)) => std::ptr::eq(one, other),
            (Self::Map(one), Self::Map(other))
            | (Self::List(one), Self::List(other))
            | (Self::Array(one), Self::Array(other))
            | (Self::Set(one), Self::Set(other))
            | (Self::Unordered(one), Self::Unordered(other))
            | (Self::Object(one), Self::Object(other)) => one == other,
            (Self::Rule(one), Self::Rule(other)) => one == other,
            _ => false,
        }
    }

    /// A number that is the same for identical values.
    pub(super) fn hash(self) -> usize {
        match self {
            Self::Text(text) | Self::Cased(text, _) => {
                let ends = text.as_bytes().first().zip(text.as_bytes().last());
                ends.map_or(0, |(first, last)| text.len() * 7 + usize::from(*first) * 5 + usize::from(*last))
            }
            Self::Map(slice) | Self::List(slice) => slice.start() * 2 + slice.len(),
            Self::Array(slice) | Self::Set(slice) | Self::Unordered(slice) | Self::Object(slice) => slice.start(),
            Self::Rule(at) => at,
            Self::Bool(value) => usize::from(value),
            _ => 0,
        }
    }

    pub(super) fn index(at: usize) -> Self {
        i64::try_from(at).map_or(Self::Number, Self::Int)
    }

    /// Whether the value is a scalar.
    pub(super) fn is_scalar(self) -> bool {
        self.is_text() || matches!(self, Self::Null | Self::Bool(_) | Self::Int(_) | Self::Number)
    }

    pub(super) fn is_text(self) -> bool {
        matches!(self, Self::Text(_) | Self::Cased(..) | Self::Digits(_) | Self::AnyText)
    }

    /// Whether the value is a collection.
    fn is_collection(self) -> bool {
        matches!(
            self,
            Self::Map(_)
                | Self::List(_)
                | Self::Data(_)
                | Self::Const(_)
                | Self::Collection
                | Self::Filter(..)
                | Self::Array(_)
                | Self::Set(_)
                | Self::Unordered(_)
                | Self::Object(_)
                | Self::Comprehension(_)
                | Self::Rule(_)
        )
    }

    /// The text of a string.
    pub(super) fn text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Text(text) => Some(Cow::Borrowed(text)),
            Self::Cased(text, false) => Some(Cow::Owned(lowercase(text))),
            Self::Cased(text, true) => Some(Cow::Owned(text.to_uppercase())),
            Self::Digits(number) => Some(Cow::Owned(number.to_string())),
            _ => None,
        }
    }

    /// The number of items of an array whose order is known.
    pub(super) fn length(self) -> Option<usize> {
        match self {
            Self::List(slice) | Self::Array(slice) => Some(slice.len()),
            Self::Data(Value::Array(items)) => Some(items.len()),
            Self::Const(Const::Array(items)) => Some(items.len()),
            _ => None,
        }
    }
}

/// Whether two values are equal.
pub(super) fn equal(one: Partial<'_>, other: Partial<'_>) -> Holds {
    use Partial::{Bool, Int, Null, Number, Text};
    match (one, other) {
        (Partial::Undefined, _) | (_, Partial::Undefined) => Holds::No,
        (Null, Null) => Holds::Yes,
        (Bool(one), Bool(other)) => Holds::from(one == other),
        (Int(one), Int(other)) => Holds::from(one == other),
        (Text(one), Text(other)) => Holds::from(one == other),
        (one, other) if one.is_text() && other.is_text() => match (one.text(), other.text()) {
            (Some(one), Some(other)) => Holds::from(one == other),
            _ => Holds::Perhaps,
        },
        (Partial::NonZero, Int(0)) | (Int(0), Partial::NonZero) => Holds::No,
        (Int(_) | Number, Int(_) | Number) => Holds::Perhaps,
        (Partial::Map(_) | Partial::List(_) | Partial::Data(_), Partial::Const(_))
        | (Partial::Const(_), Partial::Map(_) | Partial::List(_) | Partial::Data(_)) => {
            match (shape(one), shape(other)) {
                (Some(one), Some(other)) if one != other => Holds::No,
                (Some((_, 0)), Some((_, 0))) => Holds::Yes,
                _ => Holds::Perhaps,
            }
        }
        // The values have different types.
        (one, other) if one.is_scalar() && (other.is_scalar() || other.is_collection()) => Holds::No,
        (one, other) if one.is_collection() && other.is_scalar() => Holds::No,
        _ => Holds::Perhaps,
    }
}

/// Types of collections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Array,
    Set,
    Object,
}

/// The type and size of a collection whose items are all known.
pub(super) fn shape(value: Partial<'_>) -> Option<(Form, usize)> {
    Some(match value {
        Partial::List(slice) => (Form::Array, slice.len()),
        Partial::Map(slice) => (Form::Object, slice.len()),
        Partial::Data(value) => match value {
            Value::Array(items) => (Form::Array, items.len()),
            Value::Set(items) => (Form::Set, items.len()),
            Value::Object(fields) => (Form::Object, fields.len()),
            _ => return None,
        },
        Partial::Const(value) => match value {
            Const::Array(items) => (Form::Array, items.len()),
            Const::Set(items) => (Form::Set, items.len()),
            Const::Object(fields) => (Form::Object, fields.len()),
            _ => return None,
        },
        _ => return None,
    })
}
