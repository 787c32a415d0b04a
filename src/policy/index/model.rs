//! What was derived from the syntax trees of rules: as much of their conditions as can be decided without the engine.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The conditions of some rules and of the helpers that they share.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Index {
    /// Rules and helpers.
    #[serde(rename = "d")]
    pub(crate) defs: Vec<Def>,
    /// Rule id → its `findings`.
    #[serde(rename = "r")]
    pub(crate) roots: BTreeMap<String, usize>,
    /// Paths below `data` that do not depend on the declaration: parameters, and where look-ups begin.
    #[serde(rename = "p")]
    pub(crate) paths: Vec<Vec<String>>,
}

/// All definitions of one name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Def {
    /// As a reference: `data.policies.lib.apps.alive`.
    #[serde(skip)]
    pub(crate) name: String,
    #[serde(rename = "k")]
    pub(crate) kind: Kind,
    /// Its value where no body holds.
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub(crate) default: Option<Const>,
    /// None where it was not understood.
    #[serde(rename = "b")]
    pub(crate) bodies: Option<Vec<Body>>,
    /// Evaluating it can fail.
    #[serde(skip)]
    pub(crate) fallible: bool,
}

/// What a name stands for.
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

/// One way in which a rule, a helper or a comprehension gets a value.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Body {
    /// Arguments of a function.
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) args: Vec<Pattern>,
    /// Variables, those of comprehensions inside it included.
    #[serde(rename = "n", default, skip_serializing_if = "is_zero")]
    pub(crate) slots: usize,
    #[serde(rename = "c", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tests: Vec<Test>,
    /// How many of the tests have no variable and stand first: the engine evaluates them before all others, too.
    #[serde(rename = "g", default, skip_serializing_if = "is_zero")]
    pub(crate) ground: usize,
    /// The others may be evaluated after something that can fail.
    #[serde(rename = "f", default, skip_serializing_if = "is_false")]
    pub(crate) fallible: bool,
    /// The names of the variables.
    #[serde(skip)]
    pub(crate) names: Vec<String>,
    /// The key of an object.
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<Term>,
    /// The value; of a set the item.
    #[serde(rename = "v")]
    pub(crate) value: Term,
    /// Of a comprehension: it makes a set, and no array.
    #[serde(rename = "s", default, skip_serializing_if = "is_false")]
    pub(crate) is_set: bool,
    /// Counts only where no body before it holds.
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
    /// A variable gets a value.
    #[serde(rename = "l")]
    Let(Pattern, Term),
    /// Some item of a collection: key, value, collection.
    #[serde(rename = "s")]
    Some(Option<Pattern>, Pattern, Term),
    /// Not understood.
    #[serde(rename = "u")]
    Unknown,
}

/// What an item is taken apart into.
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
    /// By index into the paths.
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
    /// An object: keys and values, one after the other.
    #[serde(rename = "{")]
    Fields(Vec<Term>),
    /// A set.
    #[serde(rename = "o")]
    Parts(Vec<Term>),
    /// Undefined where a part is; else not known.
    #[serde(rename = "?")]
    Opaque(Vec<Term>),
    /// A builtin whose value can be known.
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
}

impl Builtin {
    /// The builtin of a name, if it is one of these.
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

/// A value that is written in a rule.
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
