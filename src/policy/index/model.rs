//! The conditions that leaver derives from the syntax trees of rules. Parts that only the engine can evaluate are unknown.

mod later;

use std::collections::BTreeMap;

pub(crate) use later::Later;
use serde::{Deserialize, Serialize};

/// The conditions of some rules and of the helpers that they share.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub(crate) struct Index {
    /// Rules and helpers.
    pub(crate) defs: Vec<Def>,
    /// Rule id → position of its `findings` in `defs`.
    pub(crate) roots: BTreeMap<String, usize>,
    /// Paths below `data` that do not depend on the declaration: parameters, and the start of look-ups.
    pub(crate) paths: Vec<Vec<String>>,
    /// The keys in references.
    pub(crate) keys: Vec<String>,
    /// Paths into the declaration. Each path is the number of a shorter path and the number of one more key. The first path is the declaration
    /// itself.
    pub(crate) inputs: Vec<(u32, u32)>,
}

/// All definitions with one name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub(crate) struct Def {
    /// The name as a reference: `data.policies.lib.apps.alive`.
    #[serde(skip)]
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// The value if no body holds.
    pub(crate) default: Option<Const>,
    /// The definitions; `None` if one of them is not understood.
    pub(crate) bodies: Later<Option<Vec<Body>>>,
    /// Whether the evaluation can fail.
    #[serde(skip)]
    pub(crate) fallible: bool,
}

/// The type of a definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    Value,
    Set,
    Object,
    Function,
}

/// One definition of a rule, helper or comprehension.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
#[expect(clippy::struct_excessive_bools, reason = "four independent properties")]
pub(crate) struct Body {
    /// Arguments of a function.
    pub(crate) args: Vec<Pattern>,
    /// The number of variables, including variables of inner comprehensions.
    pub(crate) slots: usize,
    pub(crate) tests: Vec<Later<Test>>,
    /// The number of leading tests without variables, which the engine also evaluates first.
    pub(crate) ground: usize,
    /// Whether a test iterates over a collection.
    pub(crate) loops: bool,
    /// Whether the evaluation of the tests after `ground` or of the head can fail.
    pub(crate) fallible: bool,
    /// The names of the variables.
    #[serde(skip)]
    pub(crate) names: Vec<String>,
    /// The key of an object.
    pub(crate) key: Option<Later<Term>>,
    /// The value; for a set, the item.
    pub(crate) value: Later<Term>,
    /// For a comprehension: whether it creates a set instead of an array.
    pub(crate) is_set: bool,
    /// Whether this body is an `else`, which counts only if no body before it holds.
    pub(crate) is_else: bool,
}

/// One condition of a body.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub(crate) enum Test {
    /// The term is defined and not false.
    Holds(Term),
    /// The term is undefined or false.
    Not(Term),
    /// Assigns a value to a variable.
    Let(Pattern, Term),
    /// Iterates over a collection: key, value, collection.
    Some(Option<Pattern>, Pattern, Term),
    /// A condition that is not understood.
    #[default]
    Unknown,
}

/// The pattern that an item is matched with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Pattern {
    Variable(usize),
    Any,
    Const(Const),
    Array(Vec<Pattern>),
    /// A pattern that is not understood.
    Unknown,
}

/// An expression.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub(crate) enum Term {
    /// An expression that is not understood.
    #[default]
    Unknown,
    Const(Const),
    /// A path into the declaration by its number, and further steps, of which the first is a term.
    Input(u32, Vec<Step>),
    /// A path below `data` by its number, and further steps.
    Data(usize, Vec<Step>),
    Local(usize, Vec<Step>),
    Rule(usize, Vec<Step>),
    Call(usize, Vec<Term>),
    Array(Vec<Term>),
    /// Keys and values, alternating.
    Object(Vec<Term>),
    Set(Vec<Term>),
    /// Undefined if a part is undefined; otherwise unknown.
    Opaque(Vec<Term>),
    /// A builtin whose value can be computed.
    Builtin(Builtin, Vec<Term>),
    Compare(Compare, Box<(Term, Term)>),
    In(Box<(Term, Term)>),
    Count(Box<Term>),
    /// An array or set comprehension.
    Comprehension(Box<Body>),
}

/// A step of a reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub(crate) enum Step {
    /// A key by its number.
    Key(u32),
    Term(Term),
}

/// Builtins, and operators on numbers and sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Builtin {
    Add,
    Sub,
    Mul,
    Div,
    SetUnion,
    SetIntersection,
    Lower,
    Upper,
    StartsWith,
    EndsWith,
    Contains,
    Filter,
    Get,
    Concat,
    ParseTime,
    Sprintf,
    Sum,
    Min,
    Max,
    IsString,
    Marshal,
    Matches,
    Remove,
    IsObject,
    IsArray,
    IsBoolean,
    Union,
    Replace,
    ArrayConcat,
    ArraySlice,
    Split,
    TrimSpace,
}

impl Builtin {
    /// The supported builtin with this name.
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
            "array.slice" => Self::ArraySlice,
            "split" => Self::Split,
            "trim_space" => Self::TrimSpace,
            _ => return None,
        })
    }
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Compare {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

/// A literal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Const {
    Null,
    Bool(bool),
    Int(i64),
    Text(String),
    Array(Vec<Const>),
    Set(Vec<Const>),
    Object(Vec<(Const, Const)>),
}
