//! Evaluates conditions on the tree of a declaration, with three results: no, perhaps and yes. Findings come from the engine, which
//! evaluates every rule that may apply.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};

use regorus::Value;

use super::{
    model::{Body, Def, Index, Pattern, Step, Term, Test},
    partial::{
        Holds::{self, No, Perhaps, Yes},
        Partial, equal,
    },
    texts::Texts,
    values::{compare, defined, truth},
};
use crate::source::Node;

/// Maximum number of tests for one rule on one declaration; above it, the rule may apply.
const MAX_TESTS: usize = 2_000;
/// Maximum number of expressions and items to visit for one rule on one declaration.
const MAX_VISITS: usize = 50_000;
/// Maximum call depth of definitions.
const MAX_DEPTH: usize = 60;

/// The values of the variables of a body.
pub(super) type Frame<'a> = Vec<Partial<'a>>;
/// Keys and values.
pub(super) type Pairs<'a> = Rc<[(Partial<'a>, Partial<'a>)]>;
/// The arguments of a call and its value.
pub(super) type Call<'a> = (Box<[Partial<'a>]>, Partial<'a>);
type Then<'t, 'a> = &'t mut dyn FnMut(&mut Frame<'a>) -> Holds;

/// An index with the data of a run.
pub(crate) struct Applicable<'a> {
    index: &'a Index,
    data: Vec<&'a Value>,
    /// Whether errors of builtins count, as in the interpreter: a condition that could fail before a false one is then evaluated.
    strict: bool,
}

/// The conditions of rules on one declaration.
pub(super) struct Query<'a, 'b> {
    of: &'b Applicable<'a>,
    pub(super) root: Partial<'a>,
    pub(super) texts: &'a Texts,
    pub(super) rule_values: RefCell<Vec<Option<Partial<'a>>>>,
    pub(super) stored: RefCell<Vec<Rc<[Partial<'a>]>>>,
    /// Cached results of function calls, by definition.
    pub(super) calls: RefCell<BTreeMap<usize, Vec<Call<'a>>>>,
    /// Cached items of sets and objects; `None` if not certain.
    pub(super) rule_items: RefCell<BTreeMap<usize, Option<Pairs<'a>>>>,
    /// Whether all enclosing conditions are certain.
    pub(super) certain: Cell<Holds>,
    tests_left: Cell<usize>,
    visits_left: Cell<usize>,
    depth: Cell<usize>,
    fails: Cell<bool>,
}

impl<'a> Applicable<'a> {
    pub(crate) fn new(index: &'a Index, data: &'a Value, strict: bool) -> Self {
        let find = |path: &Vec<String>| path.iter().fold(data, |at, key| &at[key.as_str()]);
        Self { index, data: index.paths.iter().map(find).collect(), strict }
    }

    /// Whether each of some rules may apply to a declaration. Rules without an index may.
    pub(crate) fn may_apply<'n>(&self, root: &'n Node, rules: impl IntoIterator<Item = Option<usize>>) -> Vec<bool>
    where
        'a: 'n,
    {
        self.evaluate_rules(Partial::Node(root), rules)
    }

    /// The same for a declaration as an engine value.
    pub(crate) fn may_apply_to_value<'n>(
        &self,
        root: &'n Value,
        rules: impl IntoIterator<Item = Option<usize>>,
    ) -> Vec<bool>
    where
        'a: 'n,
    {
        self.evaluate_rules(Partial::Data(root), rules)
    }

    fn evaluate_rules<'n>(&self, root: Partial<'n>, rules: impl IntoIterator<Item = Option<usize>>) -> Vec<bool>
    where
        'a: 'n,
    {
        let texts = Texts::default();
        let query = Query::new(self, root, &texts);
        rules.into_iter().map(|rule| query.may_apply(rule)).collect()
    }

    /// The number of tests and visits for one rule.
    #[cfg(test)]
    pub(super) fn cost<'n>(&self, root: &'n Node, rule: Option<usize>) -> usize
    where
        'a: 'n,
    {
        let texts = Texts::default();
        let query = Query::new(self, Partial::Node(root), &texts);
        query.may_apply(rule);
        (MAX_TESTS - query.tests_left.get()) + (MAX_VISITS - query.visits_left.get())
    }
}

impl<'a, 'b> Query<'a, 'b> {
    fn new(of: &'b Applicable<'a>, root: Partial<'a>, texts: &'a Texts) -> Self {
        Self {
            of,
            root,
            texts,
            rule_values: RefCell::new(vec![None; of.index.defs.len()]),
            stored: RefCell::default(),
            calls: RefCell::default(),
            rule_items: RefCell::default(),
            certain: Cell::new(Yes),
            tests_left: Cell::new(MAX_TESTS),
            visits_left: Cell::new(MAX_VISITS),
            depth: Cell::new(0),
            fails: Cell::new(false),
        }
    }
}

impl<'a> Query<'a, '_> {
    /// Whether a rule may apply. A rule without an index may.
    fn may_apply(&self, rule: Option<usize>) -> bool {
        self.tests_left.set(MAX_TESTS);
        self.visits_left.set(MAX_VISITS);
        rule.and_then(|rule| self.of.index.defs.get(rule)).is_none_or(|def| {
            let bodies = def.bodies.as_deref().unwrap_or_default();
            def.bodies.is_none() || self.has_item(bodies, Perhaps) != No || self.fails.get()
        })
    }

    /// Whether a set or object with these bodies has an item.
    fn has_item(&self, bodies: &'a [Body], enough: Holds) -> Holds {
        let mut best = No;
        for body in bodies {
            let mut frame = vec![Partial::Unknown; body.slots];
            best = best.max(self.solve(body, &mut frame, enough, &mut |frame| self.head_is_defined(body, frame)));
            if best >= enough {
                break;
            }
        }
        best
    }

    /// Whether the key and value of a solution are defined.
    fn head_is_defined(&self, body: &'a Body, frame: &mut Frame<'a>) -> Holds {
        let terms = body.key.iter().chain([&body.value]);
        self.check_head(terms.map(|term| defined(self.detached_term(term, frame))).min().unwrap_or(Yes), body)
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
        let Some(steps) = self.tests_left.get().checked_sub(1) else { return Perhaps };
        self.tests_left.set(steps);
        let held = match test {
            Test::Holds(term) => self.holds(term, frame),
            Test::Not(term) => self.holds(term, frame).not(),
            Test::Let(pattern, term) => {
                let value = self.term(term, frame);
                let bound = self.bind(pattern, value, frame);
                match (value, pattern) {
                    // With an undefined variable the machine continues, the interpreter does not.
                    (Partial::Undefined, Pattern::Variable(_) | Pattern::Any) => Perhaps,
                    _ => defined(value).min(bound),
                }
            }
            Test::Unknown => Perhaps,
            Test::Some(key, value, collection) => {
                let collection = self.term(collection, frame);
                return self.for_each_item(collection, frame, enough, &mut |frame, at, item| {
                    let bound = key.as_ref().map_or(Yes, |key| self.bind(key, at, frame));
                    let bound = bound.min(self.bind(value, item, frame));
                    self.and_then(bound, || self.tests(rest, frame, enough, then))
                });
            }
        };
        self.and_then(held, || self.tests(rest, frame, enough, then))
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
            (_, Partial::Undefined) => return None,
            (Partial::Undefined, _) if self.is_set(collection) => return None,
            (Partial::Undefined, Partial::Node(_) | Partial::Data(_) | Partial::Const(_) | Partial::Array(_)) => {
                return None;
            }
            // The machine keeps undefined values in objects that rules create.
            (Partial::Undefined, _) => return Some((Perhaps, false)),
            _ => {}
        }
        let sure = defined(value).min(defined(collection)) == Yes;
        Some((self.for_each_item(collection, frame, Yes, &mut |_, _, item| equal(value, item)), sure))
    }

    /// If the head of a rule with a loop is undefined, the interpreter fails and the machine may use it as a value.
    pub(super) fn check_head(&self, held: Holds, body: &Body) -> Holds {
        let loops = body.tests.iter().any(|test| matches!(test, Test::Some(..) | Test::Unknown));
        if held != No || !(loops || body.key.is_some()) {
            return held;
        }
        self.fails.set(self.fails.get() || self.of.strict);
        Perhaps
    }

    /// Evaluates the remaining conditions if this one holds or perhaps holds.
    pub(super) fn and_then(&self, held: Holds, next: impl FnOnce() -> Holds) -> Holds {
        if held == No {
            return No;
        }
        let before = self.certain.get();
        self.certain.set(before.min(held));
        let next = next();
        self.certain.set(before);
        held.min(next)
    }

    /// Whether the result is final. If errors count, the other parts may still fail.
    pub(super) fn is_final(&self, best: Holds, enough: Holds) -> bool {
        best >= enough && !self.of.strict
    }

    pub(super) fn def(&self, at: usize) -> Option<&'a Def> {
        self.of.index.defs.get(at)
    }

    /// Counts a visit; false above the limit, when the result is unknown.
    pub(super) fn visit(&self) -> bool {
        let left = self.visits_left.get().checked_sub(1);
        left.inspect(|left| self.visits_left.set(*left)).is_some()
    }

    pub(super) fn too_deep(&self) -> bool {
        self.depth.set(self.depth.get() + 1);
        let deep = self.depth.get() > MAX_DEPTH;
        if deep {
            self.exit_call();
        }
        deep
    }

    pub(super) fn exit_call(&self) {
        self.depth.set(self.depth.get().saturating_sub(1));
    }

    pub(super) fn term(&self, term: &'a Term, frame: &mut Frame<'a>) -> Partial<'a> {
        if !self.visit() {
            return Partial::Unknown;
        }
        match term {
            Term::Unknown => Partial::Unknown,
            Term::Const(value) => Partial::from(value),
            Term::Input(steps) => self.walk(self.root, steps, frame),
            Term::Data(at, steps) => {
                self.walk(self.of.data.get(*at).map_or(Partial::Unknown, |value| Partial::from(*value)), steps, frame)
            }
            Term::Local(slot, steps) => {
                let value = frame.get(*slot).copied().unwrap_or(Partial::Unknown);
                self.walk(value, steps, frame)
            }
            Term::Rule(def, steps) => {
                let value = self.rule_value(*def);
                self.walk(value, steps, frame)
            }
            Term::Call(def, terms) => {
                let args: Vec<Partial<'a>> = terms.iter().map(|term| self.detached_term(term, frame)).collect();
                self.call(*def, &args)
            }
            Term::Array(terms) => self.store_terms(terms, frame, Partial::Array),
            Term::Object(terms) => self.store_object(terms, frame),
            Term::Set(terms) => self.store_terms(terms, frame, Partial::Set),
            Term::Opaque(terms) => {
                if self.all_defined(terms, frame) == No {
                    Partial::Undefined
                } else {
                    Partial::Unknown
                }
            }
            Term::Builtin(builtin, terms) => self.builtin(*builtin, terms, frame),
            Term::Compare(op, sides) => compare(*op, self.term(&sides.0, frame), self.term(&sides.1, frame)),
            Term::In(sides) => match self.contains(sides, frame) {
                Some((held @ (No | Yes), true)) => Partial::Bool(held == Yes),
                // For undefined operands the machine returns false, and OPA undefined.
                _ => Partial::Unknown,
            },
            Term::Count(term) => {
                let value = self.term(term, frame);
                self.count(value, frame)
            }
            Term::Comprehension(body) => Partial::Comprehension(body),
        }
    }

    /// Whether all terms are defined.
    pub(super) fn all_defined(&self, terms: &'a [Term], frame: &mut Frame<'a>) -> Holds {
        let mut all_defined = Yes;
        for term in terms {
            all_defined = all_defined.min(defined(self.term(term, frame)));
        }
        all_defined
    }

    fn walk(&self, mut value: Partial<'a>, steps: &'a [Step], frame: &mut Frame<'a>) -> Partial<'a> {
        for step in steps {
            value = match step {
                Step::Key(key) => self.step(value, Partial::Text(key)),
                Step::Term(term) => {
                    let key = self.term(term, frame);
                    self.step(value, key)
                }
            };
        }
        value
    }
}
