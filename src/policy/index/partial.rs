//! Values in a declaration, in the data of a run or in a rule, read in place.

use std::borrow::Cow;

use regorus::Value;

use super::model::{Body, Const, Term};
use crate::source::{Node, Yaml};

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
    /// A number that is not an integer, or out of range.
    Number,
    /// A list or mapping of the declaration.
    Node(&'a Node),
    /// An array, object or set of the data.
    Data(&'a Value),
    /// An array, object or set of a rule.
    Const(&'a Const),
    /// A rule that is a set or an object.
    Rule(usize),
    /// A comprehension in the same body.
    Comprehension(&'a Body),
    /// A string in lower or upper case.
    Cased(&'a str, bool),
    /// The text of an integer.
    Digits(i64),
    /// An unknown string.
    AnyText,
    /// The fields of a mapping with one of these keys.
    Filter(&'a Node, &'a [Const]),
    /// The union of sets in the same body.
    Union(&'a [Term]),
    /// The intersection of two sets in the same body.
    Intersection(&'a [Term]),
    /// An array, by the index of its stored values.
    Array(usize),
    /// A stored set, which may list a value twice.
    Set(usize),
    /// A stored array whose order is unknown.
    Unordered(usize),
    /// A stored object: keys and values alternate, and keys are unique.
    Object(usize),
}

impl<'a> From<&'a Node> for Partial<'a> {
    fn from(node: &'a Node) -> Self {
        match &node.value {
            Yaml::Null => Self::Null,
            Yaml::Bool(value) => Self::Bool(*value),
            Yaml::Int(value) => Self::Int(*value),
            Yaml::Float(_) => Self::Number,
            Yaml::Text(text) => Self::Text(text),
            Yaml::List(_) | Yaml::Map(_) => Self::Node(node),
        }
    }
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
    pub(super) fn is_identical(self, other: Self) -> bool {
        match (self, other) {
            (Self::Undefined, Self::Undefined) | (Self::Null, Self::Null) => true,
            (Self::Bool(one), Self::Bool(other)) => one == other,
            (Self::Int(one), Self::Int(other)) | (Self::Digits(one), Self::Digits(other)) => one == other,
            (Self::Text(one), Self::Text(other)) => one == other,
            (Self::Cased(one, up), Self::Cased(other, high)) => up == high && one == other,
            (Self::Node(one), Self::Node(other)) => std::ptr::eq(one, other),
            (Self::Data(one), Self::Data(other)) => std::ptr::eq(one, other),
            (Self::Const(one), Self::Const(other)) => std::ptr::eq(one, other),
            (Self::Array(one), Self::Array(other))
            | (Self::Set(one), Self::Set(other))
            | (Self::Unordered(one), Self::Unordered(other))
            | (Self::Object(one), Self::Object(other))
            | (Self::Rule(one), Self::Rule(other)) => one == other,
            _ => false,
        }
    }

    pub(super) fn index(at: usize) -> Self {
        i64::try_from(at).map_or(Self::Number, Self::Int)
    }

    /// Whether it is a scalar.
    pub(super) fn is_scalar(self) -> bool {
        self.is_text() || matches!(self, Self::Null | Self::Bool(_) | Self::Int(_) | Self::Number)
    }

    pub(super) fn is_text(self) -> bool {
        matches!(self, Self::Text(_) | Self::Cased(..) | Self::Digits(_) | Self::AnyText)
    }

    /// Whether it is a collection.
    fn is_collection(self) -> bool {
        matches!(
            self,
            Self::Node(_)
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
            Self::Cased(text, false) => Some(Cow::Owned(text.to_lowercase())),
            Self::Cased(text, true) => Some(Cow::Owned(text.to_uppercase())),
            Self::Digits(number) => Some(Cow::Owned(number.to_string())),
            _ => None,
        }
    }

    /// One step of a reference.
    pub(super) fn get(self, key: Self) -> Self {
        match (self, key) {
            (Self::Undefined, _) | (_, Self::Undefined) => Self::Undefined,
            (scalar, _) if scalar.is_scalar() => Self::Undefined,
            (value, Self::Cased(..) | Self::Digits(_) | Self::AnyText) => {
                key.text().map_or(Self::Unknown, |key| value.get_text(&key))
            }
            (value, Self::Text(key)) => value.get_text(key),
            (Self::Node(node), key) => match (&node.value, key) {
                (Yaml::List(items), Self::Int(at)) => {
                    usize::try_from(at).ok().and_then(|at| items.get(at)).map_or(Self::Undefined, Self::from)
                }
                _ => Self::Unknown,
            },
            (Self::Data(value), key) => match (value, key) {
                (Value::Array(items), Self::Int(at)) => {
                    usize::try_from(at).ok().and_then(|at| items.get(at)).map_or(Self::Undefined, Self::from)
                }
                _ => Self::Unknown,
            },
            _ => Self::Unknown,
        }
    }

    fn get_text(self, key: &str) -> Self {
        match self {
            Self::Node(node) => match &node.value {
                Yaml::Map(_) => node.get(key).map_or(Self::Undefined, Self::from),
                _ => Self::Undefined,
            },
            Self::Data(value) => match value {
                Value::Object(_) => Self::from(&value[key]),
                Value::Array(_) => Self::Undefined,
                _ => Self::Unknown,
            },
            Self::Const(Const::Object(fields)) => {
                let field = fields.iter().find(|(name, _)| matches!(name, Const::Text(name) if name == key));
                field.map_or(Self::Undefined, |(_, value)| Self::from(value))
            }
            Self::Filter(node, keys) => {
                if keys.iter().any(|kept| matches!(kept, Const::Text(kept) if kept == key)) {
                    node.get(key).map_or(Self::Undefined, Self::from)
                } else {
                    Self::Undefined
                }
            }
            _ => Self::Unknown,
        }
    }

    /// The keys and values of a collection; `None` for a scalar or an unknown value.
    pub(super) fn items(self) -> Option<Vec<(Self, Self)>> {
        let nth = |at: usize| Self::index(at);
        Some(match self {
            Self::Node(node) => match &node.value {
                Yaml::List(items) => items.iter().enumerate().map(|(at, item)| (nth(at), Self::from(item))).collect(),
                Yaml::Map(entries) => {
                    entries.iter().map(|entry| (Self::Text(&entry.key), Self::from(&entry.value))).collect()
                }
                _ => return None,
            },
            Self::Data(value) => match value {
                Value::Array(items) => items.iter().enumerate().map(|(at, item)| (nth(at), Self::from(item))).collect(),
                Value::Set(items) => items.iter().map(|item| (Self::from(item), Self::from(item))).collect(),
                Value::Object(fields) => fields.iter().map(|(key, item)| (Self::from(key), Self::from(item))).collect(),
                _ => return None,
            },
            Self::Const(value) => match value {
                Const::Array(items) => items.iter().enumerate().map(|(at, item)| (nth(at), Self::from(item))).collect(),
                Const::Set(items) => items.iter().map(|item| (Self::from(item), Self::from(item))).collect(),
                Const::Object(fields) => fields.iter().map(|(key, item)| (Self::from(key), Self::from(item))).collect(),
                _ => return None,
            },
            Self::Filter(node, keys) => {
                let kept = |name: &str| keys.iter().any(|key| matches!(key, Const::Text(key) if key == name));
                let entries = node.entries().iter().filter(|entry| kept(&entry.key));
                entries.map(|entry| (Self::Text(&entry.key), Self::from(&entry.value))).collect()
            }
            _ => return None,
        })
    }

    /// The items of an array.
    pub(super) fn list(self) -> Option<Vec<Self>> {
        let is_array = match self {
            Self::Node(node) => matches!(node.value, Yaml::List(_)),
            Self::Data(value) => matches!(value, Value::Array(_)),
            Self::Const(value) => matches!(value, Const::Array(_)),
            _ => false,
        };
        is_array.then(|| self.items().unwrap_or_default().into_iter().map(|(_, item)| item).collect())
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
        (Partial::Node(_) | Partial::Data(_), Partial::Const(_))
        | (Partial::Const(_), Partial::Node(_) | Partial::Data(_)) => match (shape(one), shape(other)) {
            (Some(one), Some(other)) if one != other => Holds::No,
            (Some((_, 0)), Some((_, 0))) => Holds::Yes,
            _ => Holds::Perhaps,
        },
        // Of different types.
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
        Partial::Node(node) => match &node.value {
            Yaml::List(items) => (Form::Array, items.len()),
            Yaml::Map(entries) => (Form::Object, entries.len()),
            _ => return None,
        },
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
