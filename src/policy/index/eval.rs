//! Evaluates conditions on the tree of a declaration. Three results: no, perhaps, yes. This is not a judgement: the engine evaluates every
//! rule that may apply.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};

use regorus::Value;

use super::{
    model::{Body, Def, Index, Pattern, Step, Term, Test},
    seen::{
        Holds::{self, No, Perhaps, Yes},
        Seen, same,
    },
    texts::Texts,
    values::{compare, defined, truth},
};
use crate::source::Node;

/// Maximum number of tests for one rule on one declaration; above it, the rule may apply.
const STEPS: usize = 2_000;
/// Maximum number of expressions and items to look at for one rule on one declaration.
const LOOKS: usize = 50_000;
/// Maximum call depth of definitions.
const DEPTH: usize = 60;

/// The values of the variables of a body.
pub(super) type Frame<'a> = Vec<Seen<'a>>;
/// Keys and values.
pub(super) type Pairs<'a> = Rc<[(Seen<'a>, Seen<'a>)]>;
/// The arguments of a call and its value.
pub(super) type Call<'a> = (Box<[Seen<'a>]>, Seen<'a>);
type Then<'t, 'a> = &'t mut dyn FnMut(&mut Frame<'a>) -> Holds;

/// An index with the data of a run.
pub(crate) struct Applicable<'a> {
    index: &'a Index,
    data: Vec<&'a Value>,
    /// Whether errors of builtins count, as in the interpreter: a condition that could fail before a false one is then evaluated.
    strict: bool,
}

/// The evaluation for one declaration.
pub(super) struct Ask<'a, 'b> {
    of: &'b Applicable<'a>,
    pub(super) root: Seen<'a>,
    pub(super) texts: &'a Texts,
    pub(super) known: RefCell<Vec<Option<Seen<'a>>>>,
    pub(super) kept: RefCell<Vec<Rc<[Seen<'a>]>>>,
    /// Cached results of function calls, by definition.
    pub(super) calls: RefCell<BTreeMap<usize, Vec<Call<'a>>>>,
    /// Cached items of sets and objects; `None` if not certain.
    pub(super) sets: RefCell<BTreeMap<usize, Option<Pairs<'a>>>>,
    /// Whether everything evaluated on the way here is certain.
    pub(super) certain: Cell<Holds>,
    steps: Cell<usize>,
    looks: Cell<usize>,
    depth: Cell<usize>,
    fails: Cell<bool>,
}

impl<'a> Applicable<'a> {
    pub(crate) fn new(index: &'a Index, data: &'a Value, strict: bool) -> Self {
        let find = |path: &Vec<String>| path.iter().fold(data, |at, key| &at[key.as_str()]);
        Self { index, data: index.paths.iter().map(find).collect(), strict }
    }

    /// Whether each of some rules may apply to a declaration. Rules without an index may.
    pub(crate) fn ask<'n>(&self, root: &'n Node, rules: impl IntoIterator<Item = Option<usize>>) -> Vec<bool>
    where
        'a: 'n,
    {
        self.answer(Seen::Node(root), rules)
    }

    /// The same for a declaration as an engine value.
    pub(crate) fn ask_value<'n>(&self, root: &'n Value, rules: impl IntoIterator<Item = Option<usize>>) -> Vec<bool>
    where
        'a: 'n,
    {
        self.answer(Seen::Data(root), rules)
    }

    fn answer<'n>(&self, root: Seen<'n>, rules: impl IntoIterator<Item = Option<usize>>) -> Vec<bool>
    where
        'a: 'n,
    {
        let texts = Texts::default();
        let ask = Ask::new(self, root, &texts);
        rules.into_iter().map(|rule| ask.may(rule)).collect()
    }

    /// The number of tests and values looked at for one rule.
    #[cfg(test)]
    pub(super) fn cost<'n>(&self, root: &'n Node, rule: Option<usize>) -> usize
    where
        'a: 'n,
    {
        let texts = Texts::default();
        let ask = Ask::new(self, Seen::Node(root), &texts);
        ask.may(rule);
        (STEPS - ask.steps.get()) + (LOOKS - ask.looks.get())
    }
}

impl<'a, 'b> Ask<'a, 'b> {
    fn new(of: &'b Applicable<'a>, root: Seen<'a>, texts: &'a Texts) -> Self {
        Self {
            of,
            root,
            texts,
            known: RefCell::new(vec![None; of.index.defs.len()]),
            kept: RefCell::default(),
            calls: RefCell::default(),
            sets: RefCell::default(),
            certain: Cell::new(Yes),
            steps: Cell::new(STEPS),
            looks: Cell::new(LOOKS),
            depth: Cell::new(0),
            fails: Cell::new(false),
        }
    }
}

impl<'a> Ask<'a, '_> {
    /// Whether a rule may apply. A rule without an index may.
    fn may(&self, rule: Option<usize>) -> bool {
        self.steps.set(STEPS);
        self.looks.set(LOOKS);
        rule.and_then(|rule| self.of.index.defs.get(rule)).is_none_or(|def| {
            let bodies = def.bodies.as_deref().unwrap_or_default();
            def.bodies.is_none() || self.any(bodies, Perhaps) != No || self.fails.get()
        })
    }

    /// Whether a set or object with these bodies has an item.
    fn any(&self, bodies: &'a [Body], enough: Holds) -> Holds {
        let mut best = No;
        for body in bodies {
            let mut frame = vec![Seen::Unknown; body.slots];
            best = best.max(self.solve(body, &mut frame, enough, &mut |frame| self.head(body, frame)));
            if best >= enough {
                break;
            }
        }
        best
    }

    /// Whether the key and value of a solution are defined.
    fn head(&self, body: &'a Body, frame: &mut Frame<'a>) -> Holds {
        let terms = body.key.iter().chain([&body.value]);
        self.headed(terms.map(|term| defined(self.argument(term, frame))).min().unwrap_or(Yes), body)
    }

    /// The best result of `then` for any solution of a body.
    pub(super) fn solve(&self, body: &'a Body, frame: &mut Frame<'a>, enough: Holds, then: Then<'_, 'a>) -> Holds {
        if self.of.strict {
            let (ground, others) = body.tests.split_at(body.ground.min(body.tests.len()));
            return self.tests(ground, frame, enough, &mut |frame| {
                if body.fallible {
                    return Perhaps;
                }
                for test in others {
                    if let Test::Some(_, _, term @ Term::Input(_)) = test
                        && self.term(term, frame).is_scalar()
                    {
                        self.fails.set(true);
                        return Perhaps;
                    }
                }
                self.tests(others, frame, enough, then)
            });
        }
        self.tests(&body.tests, frame, enough, then)
    }

    fn tests(&self, tests: &'a [Test], frame: &mut Frame<'a>, enough: Holds, then: Then<'_, 'a>) -> Holds {
        let Some((test, rest)) = tests.split_first() else { return then(frame) };
        let Some(steps) = self.steps.get().checked_sub(1) else { return Perhaps };
        self.steps.set(steps);
        let held = match test {
            Test::Holds(term) => self.holds(term, frame),
            Test::Not(term) => self.holds(term, frame).not(),
            Test::Let(pattern, term) => {
                let value = self.term(term, frame);
                let bound = self.bind(pattern, value, frame);
                match (value, pattern) {
                    // With an undefined variable the machine continues, the interpreter does not.
                    (Seen::Undefined, Pattern::Variable(_) | Pattern::Any) => Perhaps,
                    _ => defined(value).min(bound),
                }
            }
            Test::Unknown => Perhaps,
            Test::Some(key, value, collection) => {
                let collection = self.term(collection, frame);
                return self.each(collection, frame, enough, &mut |frame, at, item| {
                    let bound = key.as_ref().map_or(Yes, |key| self.bind(key, at, frame));
                    let bound = bound.min(self.bind(value, item, frame));
                    self.if_so(bound, || self.tests(rest, frame, enough, then))
                });
            }
        };
        self.if_so(held, || self.tests(rest, frame, enough, then))
    }

    fn holds(&self, term: &'a Term, frame: &mut Frame<'a>) -> Holds {
        match term {
            Term::In(sides) => self.contains(sides, frame).map_or(No, |(held, _)| held),
            term => truth(self.term(term, frame)),
        }
    }

    /// Whether a collection contains a value, and whether both are certainly defined; `None` if either is undefined and the machine
    /// certainly returns false.
    fn contains(&self, sides: &'a (Term, Term), frame: &mut Frame<'a>) -> Option<(Holds, bool)> {
        let value = self.term(&sides.0, frame);
        let collection = self.term(&sides.1, frame);
        match (value, collection) {
            (_, Seen::Undefined) => return None,
            (Seen::Undefined, _) if self.is_set(collection) => return None,
            (Seen::Undefined, Seen::Node(_) | Seen::Data(_) | Seen::Const(_) | Seen::Tuple(_)) => return None,
            // The machine keeps undefined values in objects that rules create.
            (Seen::Undefined, _) => return Some((Perhaps, false)),
            _ => {}
        }
        let sure = defined(value).min(defined(collection)) == Yes;
        Some((self.each(collection, frame, Yes, &mut |_, _, item| same(value, item)), sure))
    }

    /// If the head of a rule with a loop is undefined, the interpreter fails and the machine may treat it as a value.
    pub(super) fn headed(&self, held: Holds, body: &Body) -> Holds {
        let loops = body.tests.iter().any(|test| matches!(test, Test::Some(..) | Test::Unknown));
        if held != No || !(loops || body.key.is_some()) {
            return held;
        }
        self.fails.set(self.fails.get() || self.of.strict);
        Perhaps
    }

    /// Evaluates the rest after a condition that holds or perhaps holds.
    pub(super) fn if_so(&self, held: Holds, next: impl FnOnce() -> Holds) -> Holds {
        if held == No {
            return No;
        }
        let before = self.certain.get();
        self.certain.set(before.min(held));
        let next = next();
        self.certain.set(before);
        held.min(next)
    }

    /// Whether the result is final. If errors count, other parts may still have one.
    pub(super) fn settles(&self, best: Holds, enough: Holds) -> bool {
        best >= enough && !self.of.strict
    }

    pub(super) fn def(&self, at: usize) -> Option<&'a Def> {
        self.of.index.defs.get(at)
    }

    /// Counts a look; false above the limit, when the result is unknown.
    pub(super) fn look(&self) -> bool {
        let left = self.looks.get().checked_sub(1);
        left.inspect(|left| self.looks.set(*left)).is_some()
    }

    pub(super) fn too_deep(&self) -> bool {
        self.depth.set(self.depth.get() + 1);
        let deep = self.depth.get() > DEPTH;
        if deep {
            self.back();
        }
        deep
    }

    pub(super) fn back(&self) {
        self.depth.set(self.depth.get().saturating_sub(1));
    }

    pub(super) fn term(&self, term: &'a Term, frame: &mut Frame<'a>) -> Seen<'a> {
        if !self.look() {
            return Seen::Unknown;
        }
        match term {
            Term::Unknown => Seen::Unknown,
            Term::Const(value) => Seen::from(value),
            Term::Input(steps) => self.walk(self.root, steps, frame),
            Term::Data(at, steps) => {
                self.walk(self.of.data.get(*at).map_or(Seen::Unknown, |value| Seen::from(*value)), steps, frame)
            }
            Term::Local(slot, steps) => {
                let value = frame.get(*slot).copied().unwrap_or(Seen::Unknown);
                self.walk(value, steps, frame)
            }
            Term::Rule(def, steps) => {
                let value = self.rule(*def);
                self.walk(value, steps, frame)
            }
            Term::Call(def, terms) => {
                let args: Vec<Seen<'a>> = terms.iter().map(|term| self.argument(term, frame)).collect();
                self.call(*def, &args)
            }
            Term::Items(terms) => self.keep(terms, frame, Seen::Tuple),
            Term::Fields(terms) => self.record(terms, frame),
            Term::Parts(terms) => self.keep(terms, frame, Seen::Pool),
            Term::Opaque(terms) => {
                if self.least(terms, frame) == No {
                    Seen::Undefined
                } else {
                    Seen::Unknown
                }
            }
            Term::Builtin(builtin, terms) => self.builtin(*builtin, terms, frame),
            Term::Compare(op, sides) => compare(*op, self.term(&sides.0, frame), self.term(&sides.1, frame)),
            Term::In(sides) => match self.contains(sides, frame) {
                Some((held @ (No | Yes), true)) => Seen::Bool(held == Yes),
                // For undefined operands the machine returns false, and OPA undefined.
                _ => Seen::Unknown,
            },
            Term::Count(term) => {
                let value = self.term(term, frame);
                self.count(value, frame)
            }
            Term::All(body) => Seen::All(body),
        }
    }

    /// Whether all terms are defined.
    pub(super) fn least(&self, terms: &'a [Term], frame: &mut Frame<'a>) -> Holds {
        let mut least = Yes;
        for term in terms {
            least = least.min(defined(self.term(term, frame)));
        }
        least
    }

    fn walk(&self, mut value: Seen<'a>, steps: &'a [Step], frame: &mut Frame<'a>) -> Seen<'a> {
        for step in steps {
            value = match step {
                Step::Key(key) => self.step(value, Seen::Text(key)),
                Step::Term(term) => {
                    let key = self.term(term, frame);
                    self.step(value, key)
                }
            };
        }
        value
    }
}
