//! Evaluates conditions on the tree of a declaration, with three results: no, perhaps and yes. Findings come from the engine, which
//! evaluates every rule that may apply.

use std::{cell::Cell, sync::OnceLock};

use regorus::Value;

use super::{
    model::{Body, Compare, Const, Def, Index, Later, Pattern, Term, Test},
    partial::{
        Holds::{self, No, Perhaps, Yes},
        Partial, Slice,
    },
    store::Store,
    texts::Texts,
    tree::{Keys, Tree},
    values::{CALLS, defined, truth},
};
use crate::source::Node;

/// Maximum number of tests for one rule on one declaration. If a rule needs more tests, leaver assumes that it may apply.
const MAX_TESTS: usize = 2_000;
/// Maximum number of expressions and items to visit for one rule on one declaration.
const MAX_VISITS: usize = 50_000;
/// Up to this number of variables, no list is allocated.
const FEW_VARIABLES: usize = 8;
/// Up to this number of arguments, no list is allocated.
pub(super) const FEW: usize = 4;
/// Comparing this number of constants costs as much as one visit.
pub(super) const ITEMS_OF_VISIT: usize = 8;
/// Maximum call depth of definitions.
const MAX_DEPTH: usize = 60;

/// The values of the variables of a body.
pub(super) type Frame<'a> = [Partial<'a>];
type Tests = [Later<Test>];
type Then<'t, 'a> = &'t mut dyn FnMut(&mut Frame<'a>) -> Holds;

/// An index with the data of a run.
pub(crate) struct Applicable<'a> {
    pub(super) index: &'a Index,
    pub(super) data: Vec<&'a Value>,
    pub(super) keys: Keys<'a>,
    /// The keys as values of the engine. A value is created when its key is first looked up in the data.
    pub(super) key_values: Vec<OnceLock<Value>>,
    /// Whether errors of builtins count, as in the interpreter. If they count, a false condition excludes a rule only if no condition before it can
    /// fail.
    pub(super) strict: bool,
}

/// A declaration as a tree or as a value of the engine.
#[derive(Clone, Copy)]
pub(super) enum Root<'a> {
    Node(&'a Node),
    Value(&'a Value),
}

/// The cached results of a rule or helper.
#[derive(Clone, Default)]
pub(super) struct CachedResults<'a> {
    /// The value of a rule.
    pub(super) value: Cell<Option<Partial<'a>>>,
    pub(super) items: Cell<Items>,
}

/// The items of a rule that is a set or an object.
#[derive(Clone, Copy, Default)]
pub(super) enum Items {
    #[default]
    NotComputed,
    Uncertain,
    /// Keys and values alternate.
    Certain(Slice),
}

/// A cached call of a function.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) def: usize,
    pub(super) args: Slice,
    pub(super) value: Partial<'a>,
}

/// The evaluation of conditions on one declaration.
pub(super) struct Query<'a, 'b> {
    pub(super) of: &'b Applicable<'a>,
    pub(super) declaration: Root<'a>,
    /// The known values of paths into the declaration.
    pub(super) inputs: Vec<Cell<Option<Partial<'a>>>>,
    pub(super) tree: Tree<'a>,
    pub(super) texts: &'a Texts,
    pub(super) store: Store<'a>,
    /// For each definition, its cached results.
    pub(super) known: Vec<CachedResults<'a>>,
    /// The cached calls. Calls that share a slot replace each other.
    pub(super) calls: Vec<Cell<Option<Call<'a>>>>,
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
        Self {
            index,
            data: index.paths.iter().map(find).collect(),
            keys: Keys::new(&index.keys),
            key_values: index.keys.iter().map(|_| OnceLock::new()).collect(),
            strict,
        }
    }

    /// Returns for each rule whether it may apply to a declaration. A rule that is not in the index may apply.
    pub(crate) fn may_apply<'n>(&self, root: &'n Node, rules: impl IntoIterator<Item = Option<usize>>) -> Vec<bool>
    where
        'a: 'n,
    {
        self.evaluate_rules(Root::Node(root), rules)
    }

    /// Like [`Self::may_apply`], but the declaration is a value of the engine.
    pub(crate) fn may_apply_to_value<'n>(
        &self,
        root: &'n Value,
        rules: impl IntoIterator<Item = Option<usize>>,
    ) -> Vec<bool>
    where
        'a: 'n,
    {
        self.evaluate_rules(Root::Value(root), rules)
    }

    fn evaluate_rules<'n>(&self, root: Root<'n>, rules: impl IntoIterator<Item = Option<usize>>) -> Vec<bool>
    where
        'a: 'n,
    {
        let texts = Texts::default();
        let query = Query::new(self, root, &texts);
        rules.into_iter().map(|rule| query.may_apply(rule)).collect()
    }

    /// The number of tests and visits for each rule. The rules are evaluated in the given order.
    #[cfg(test)]
    pub(super) fn costs<'n>(&self, root: &'n Node, rules: &[Option<usize>]) -> Vec<usize>
    where
        'a: 'n,
    {
        let texts = Texts::default();
        let query = Query::new(self, Root::Node(root), &texts);
        let cost = |rule: &Option<usize>| {
            query.may_apply(*rule);
            (MAX_TESTS - query.tests_left.get()) + (MAX_VISITS - query.visits_left.get())
        };
        rules.iter().map(cost).collect()
    }
}

impl<'a, 'b> Query<'a, 'b> {
    fn new(of: &'b Applicable<'a>, declaration: Root<'a>, texts: &'a Texts) -> Self {
        let (tree, root) = match declaration {
            Root::Node(node) => Tree::new(node, &of.keys),
            Root::Value(value) => (Tree::default(), Partial::from(value)),
        };
        let inputs = vec![Cell::new(None); of.index.inputs.len()];
        if let Some(first) = inputs.first() {
            first.set(Some(root));
        }
        Self {
            of,
            declaration,
            inputs,
            tree,
            texts,
            store: Store::default(),
            known: vec![CachedResults::default(); of.index.defs.len()],
            calls: vec![Cell::new(None); CALLS],
            certain: Cell::new(Yes),
            tests_left: Cell::new(MAX_TESTS),
            visits_left: Cell::new(MAX_VISITS),
            depth: Cell::new(0),
            fails: Cell::new(false),
        }
    }
}

impl<'a> Query<'a, '_> {
    /// Whether a rule may apply. A rule that is not in the index may apply.
    fn may_apply(&self, rule: Option<usize>) -> bool {
        self.tests_left.set(MAX_TESTS);
        self.visits_left.set(MAX_VISITS);
        rule.and_then(|rule| self.of.index.defs.get(rule)).is_none_or(|def| {
            let bodies = def.bodies.as_deref();
            bodies.is_none_or(|bodies| self.has_item(bodies, Perhaps) != No || self.fails.get())
        })
    }

    /// Whether a set or object with these bodies has an item.
    fn has_item(&self, bodies: &'a [Body], enough: Holds) -> Holds {
        let mut best = No;
        for body in bodies {
            let held = self.with_frame(body, |frame| {
                self.solve(body, frame, enough, &mut |frame| self.head_is_defined(body, frame))
            });
            best = best.max(held);
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

    /// Calls `then` with the variables of a body.
    pub(super) fn with_frame<T>(&self, body: &Body, then: impl FnOnce(&mut Frame<'a>) -> T) -> T {
        if body.slots <= FEW_VARIABLES {
            return then(&mut [Partial::Unknown; FEW_VARIABLES]);
        }
        let mut frame = self.store.list();
        frame.resize(body.slots, Partial::Unknown);
        let result = then(&mut frame);
        self.store.release(frame);
        result
    }

    /// Calls `then` for each solution of a body. Returns the greatest result.
    pub(super) fn solve(&self, body: &'a Body, frame: &mut Frame<'a>, enough: Holds, then: Then<'_, 'a>) -> Holds {
        if self.of.strict {
            let (ground, others) = body.tests.split_at(body.ground.min(body.tests.len()));
            return self.tests(ground, frame, enough, &mut |frame| {
                if body.fallible {
                    return Perhaps;
                }
                for test in others {
                    if let Test::Some(_, _, term @ Term::Input(..)) = &**test
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

    fn tests(&self, tests: &'a Tests, frame: &mut Frame<'a>, enough: Holds, then: Then<'_, 'a>) -> Holds {
        let before = self.certain.get();
        let held = self.tests_in_order(tests, frame, enough, then);
        self.certain.set(before);
        held
    }

    /// Like `tests`, but does not restore `certain`.
    fn tests_in_order(&self, tests: &'a Tests, frame: &mut Frame<'a>, enough: Holds, then: Then<'_, 'a>) -> Holds {
        let mut all = Yes;
        for (at, test) in tests.iter().enumerate() {
            let Some(left) = self.tests_left.get().checked_sub(1) else { return Perhaps };
            self.tests_left.set(left);
            let held = match &**test {
                Test::Holds(term) => self.holds(term, frame),
                Test::Not(term) => self.holds(term, frame).not(),
                Test::Let(pattern, term) => {
                    let value = self.term(term, frame);
                    let bound = self.bind(pattern, value, frame);
                    match (value, pattern) {
                        // If a variable is undefined, the virtual machine continues, but the interpreter does not.
                        (Partial::Undefined, Pattern::Variable(_) | Pattern::Any) => Perhaps,
                        _ => defined(value).min(bound),
                    }
                }
                Test::Unknown => Perhaps,
                Test::Some(key, value, collection) => {
                    let collection = self.term(collection, frame);
                    let rest = tests.get(at + 1..).unwrap_or_default();
                    let held = self.for_each_item(collection, frame, enough, &mut |frame, at, item| {
                        let bound = key.as_ref().map_or(Yes, |key| self.bind(key, at, frame));
                        let bound = bound.min(self.bind(value, item, frame));
                        self.and_then(bound, || self.tests(rest, frame, enough, then))
                    });
                    return all.min(held);
                }
            };
            match held {
                No => return No,
                Perhaps => {
                    all = Perhaps;
                    self.certain.set(self.certain.get().min(Perhaps));
                }
                Yes => {}
            }
        }
        all.min(then(frame))
    }

    fn holds(&self, term: &'a Term, frame: &mut Frame<'a>) -> Holds {
        match term {
            Term::In(sides) => self.contains(sides, frame).map_or(No, |(held, _)| held),
            Term::Compare(op @ Compare::Eq, sides) => {
                let (left, right) = self.sides(*op, sides, frame);
                self.equals(left, right)
            }
            term => truth(self.term(term, frame)),
        }
    }

    /// Whether a collection contains a value, and whether both are certainly defined. `None` if one of them is undefined and the virtual machine
    /// certainly returns false.
    pub(super) fn contains(&self, sides: &'a (Term, Term), frame: &mut Frame<'a>) -> Option<(Holds, bool)> {
        let value = self.term(&sides.0, frame);
        let collection = self.term(&sides.1, frame);
        match (value, collection) {
            (_, Partial::Undefined) => return None,
            (Partial::Undefined, _) if self.is_set(collection) => return None,
            (
                Partial::Undefined,
                Partial::Map(_) | Partial::List(_) | Partial::Data(_) | Partial::Const(_) | Partial::Array(_),
            ) => return None,
            // The virtual machine keeps undefined values in objects that rules create.
            (Partial::Undefined, _) => return Some((Perhaps, false)),
            _ => {}
        }
        // The usual case is a text and a list of constants. No item needs a call, because a text cannot equal an item of another type.
        if let (Partial::Text(text), Partial::Const(Const::Set(items) | Const::Array(items))) = (value, collection) {
            let held = if self.visit_some(items.len() / ITEMS_OF_VISIT) {
                Holds::from(items.iter().any(|item| matches!(item, Const::Text(item) if item == text)))
            } else {
                Perhaps
            };
            return Some((held, true));
        }
        let sure = defined(value).min(defined(collection)) == Yes;
        Some((self.for_each_item(collection, frame, Yes, &mut |_, _, item| self.equals(value, item)), sure))
    }

    /// If the head of a rule with a loop is undefined, the interpreter fails, but the virtual machine may use the undefined head as a value.
    pub(super) fn check_head(&self, held: Holds, body: &Body) -> Holds {
        let loops = || body.loops || body.tests.iter().any(|test| **test == Test::Unknown);
        if held != No || !(body.key.is_some() || loops()) {
            return held;
        }
        self.fails.set(self.fails.get() || self.of.strict);
        Perhaps
    }

    /// Evaluates the remaining conditions if this condition holds or perhaps holds.
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

    /// Counts a visit. Returns false above the limit: the result is then unknown.
    pub(super) fn visit(&self) -> bool {
        self.visit_some(1)
    }

    pub(super) fn visit_some(&self, count: usize) -> bool {
        let left = self.visits_left.get().checked_sub(count);
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
}
