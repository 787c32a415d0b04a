//! Conditions derived from the syntax trees of rules, as far as they can be evaluated without the engine.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The conditions of some rules and of the helpers that they share.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Index {
    /// Rules and helpers.
    #[serde(rename = "d")]
    pub(crate) defs: Vec<Def>,
    /// Rule id → index of its `findings`.
    #[serde(rename = "r")]
    pub(crate) roots: BTreeMap<String, usize>,
    /// Paths below `data` that do not depend on the declaration: parameters, and the start of look-ups.
    #[serde(rename = "p")]
    pub(crate) paths: Vec<Vec<String>>,
}

/// All definitions with one name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Def {
    /// The name as a reference: `data.policies.lib.apps.alive`.
    #[serde(skip)]
    pub(crate) name: String,
    #[serde(rename = "k")]
    pub(crate) kind: Kind,
    /// The value if no body holds.
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub(crate) default: Option<Const>,
    /// `None` if not understood.
    #[serde(rename = "b")]
    pub(crate) bodies: Option<Vec<Body>>,
    /// Whether evaluating it can fail.
    #[serde(skip)]
    pub(crate) fallible: bool,
}

/// The kind of definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    #[serde(rename = "v")]
    Value,
    #[serde(rename = "s")]
    Set,
    #[serde(rename = "o")]
    Object,
    #[serde(rename = "f")]
    Function,
}

/// One definition of a rule, helper or comprehension.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Body {
    /// Arguments of a function.
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) args: Vec<Pattern>,
    /// Variables, including those of inner comprehensions.
    #[serde(rename = "n", default, skip_serializing_if = "is_zero")]
    pub(crate) slots: usize,
    #[serde(rename = "c", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tests: Vec<Test>,
    /// The number of leading tests without variables: the engine evaluates them first, too.
    #[serde(rename = "g", default, skip_serializing_if = "is_zero")]
    pub(crate) ground: usize,
    /// Whether the others may be evaluated after something that can fail.
    #[serde(rename = "f", default, skip_serializing_if = "is_false")]
    pub(crate) fallible: bool,
    /// The names of the variables.
    #[serde(skip)]
    pub(crate) names: Vec<String>,
    /// The key of an object.
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<Term>,
    /// The value; for a set, the item.
    #[serde(rename = "v")]
    pub(crate) value: Term,
    /// For a comprehension: whether it creates a set instead of an array.
    #[serde(rename = "s", default, skip_serializing_if = "is_false")]
    pub(crate) is_set: bool,
    /// Counts only if no body before it holds.
    #[serde(rename = "e", default, skip_serializing_if = "is_false")]
    pub(crate) is_else: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_false(value: &bool) -> bool {
    !value
}

/// One condition of a body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Test {
    /// Defined and not false.
    #[serde(rename = "t")]
    Holds(Term),
    /// Undefined or false.
    #[serde(rename = "n")]
    Not(Term),
    /// Assigns a value to a variable.
    #[serde(rename = "l")]
    Let(Pattern, Term),
    /// Iterates over a collection: key, value, collection.
    #[serde(rename = "s")]
    Some(Option<Pattern>, Pattern, Term),
    /// Not understood.
    #[serde(rename = "u")]
    Unknown,
}

/// The pattern that an item is matched with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Pattern {
    #[serde(rename = "v")]
    Variable(usize),
    #[serde(rename = "_")]
    Any,
    #[serde(rename = "c")]
    Const(Const),
    #[serde(rename = "a")]
    Array(Vec<Pattern>),
    /// Not understood.
    #[serde(rename = "u")]
    Unknown,
}

/// An expression.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) enum Term {
    /// Not understood.
    #[default]
    #[serde(rename = "u")]
    Unknown,
    #[serde(rename = "c")]
    Const(Const),
    #[serde(rename = "i")]
    Input(Vec<Step>),
    /// An index into the paths.
    #[serde(rename = "d")]
    Data(usize, Vec<Step>),
    #[serde(rename = "l")]
    Local(usize, Vec<Step>),
    #[serde(rename = "r")]
    Rule(usize, Vec<Step>),
    #[serde(rename = "f")]
    Call(usize, Vec<Term>),
    /// An array.
    #[serde(rename = "a")]
    Items(Vec<Term>),
    /// An object: keys and values, alternating.
    #[serde(rename = "{")]
    Fields(Vec<Term>),
    /// A set.
    #[serde(rename = "o")]
    Parts(Vec<Term>),
    /// Undefined if a part is undefined; otherwise unknown.
    #[serde(rename = "?")]
    Opaque(Vec<Term>),
    /// A builtin whose value can be computed.
    #[serde(rename = "b")]
    Builtin(Builtin, Vec<Term>),
    #[serde(rename = "=")]
    Compare(Compare, Box<(Term, Term)>),
    #[serde(rename = "m")]
    In(Box<(Term, Term)>),
    #[serde(rename = "#")]
    Count(Box<Term>),
    /// An array or set comprehension.
    #[serde(rename = "[")]
    All(Box<Body>),
}

/// A step of a reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Step {
    #[serde(rename = "k")]
    Key(String),
    #[serde(rename = "t")]
    Term(Term),
}

/// Builtins, and operators on numbers and sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Builtin {
    #[serde(rename = "+")]
    Add,
    #[serde(rename = "-")]
    Sub,
    #[serde(rename = "*")]
    Mul,
    #[serde(rename = "/")]
    Div,
    #[serde(rename = "|")]
    Either,
    #[serde(rename = "&")]
    Both,
    #[serde(rename = "l")]
    Lower,
    #[serde(rename = "u")]
    Upper,
    #[serde(rename = "s")]
    StartsWith,
    #[serde(rename = "e")]
    EndsWith,
    #[serde(rename = "c")]
    Contains,
    #[serde(rename = "f")]
    Filter,
    #[serde(rename = "g")]
    Get,
    #[serde(rename = "n")]
    Concat,
    #[serde(rename = "t")]
    ParseTime,
    #[serde(rename = "p")]
    Sprintf,
    #[serde(rename = "0")]
    Sum,
    #[serde(rename = "m")]
    Min,
    #[serde(rename = "x")]
    Max,
    #[serde(rename = "i")]
    IsString,
    #[serde(rename = "j")]
    Marshal,
    #[serde(rename = "r")]
    Matches,
    #[serde(rename = "d")]
    Remove,
    #[serde(rename = "o")]
    IsObject,
    #[serde(rename = "a")]
    IsArray,
    #[serde(rename = "y")]
    IsBoolean,
    #[serde(rename = "U")]
    Union,
    #[serde(rename = "R")]
    Replace,
    #[serde(rename = "A")]
    ArrayConcat,
    #[serde(rename = "T")]
    TrimSpace,
}

impl Builtin {
    /// The builtin with a name, if supported.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "lower" => Self::Lower,
            "upper" => Self::Upper,
            "startswith" => Self::StartsWith,
            "endswith" => Self::EndsWith,
            "contains" => Self::Contains,
            "object.filter" => Self::Filter,
            "object.get" => Self::Get,
            "concat" => Self::Concat,
            "time.parse_rfc3339_ns" => Self::ParseTime,
            "sprintf" => Self::Sprintf,
            "sum" => Self::Sum,
            "min" => Self::Min,
            "max" => Self::Max,
            "is_string" => Self::IsString,
            "json.marshal" => Self::Marshal,
            "regex.match" => Self::Matches,
            "object.remove" => Self::Remove,
            "is_object" => Self::IsObject,
            "is_array" => Self::IsArray,
            "is_boolean" => Self::IsBoolean,
            "object.union" => Self::Union,
            "replace" => Self::Replace,
            "array.concat" => Self::ArrayConcat,
            "trim_space" => Self::TrimSpace,
            _ => return None,
        })
    }
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Compare {
    #[serde(rename = "=")]
    Eq,
    #[serde(rename = "!")]
    Ne,
    #[serde(rename = "<")]
    Lt,
    #[serde(rename = "[")]
    Le,
    #[serde(rename = ">")]
    Gt,
    #[serde(rename = "]")]
    Ge,
}

/// A literal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Const {
    #[serde(rename = "0")]
    Null,
    #[serde(rename = "b")]
    Bool(bool),
    #[serde(rename = "i")]
    Int(i64),
    #[serde(rename = "t")]
    Text(String),
    #[serde(rename = "a")]
    Array(Vec<Const>),
    #[serde(rename = "s")]
    Set(Vec<Const>),
    #[serde(rename = "o")]
    Object(Vec<(Const, Const)>),
}
