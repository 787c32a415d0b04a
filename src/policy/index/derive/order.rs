//! Sorts conditions by cost. Cheap conditions come first, because most bodies have a condition that does not hold.

use std::collections::BTreeSet;

use crate::policy::index::model::{Body, Builtin, Const, Def, Index, Kind, Later, Pattern, Step, Term, Test};

/// The maximum estimated cost of a definition.
const MAX_COST: usize = 300;
/// The lowest estimates of the second, third and fourth class of conditions.
const RANKS: [usize; 3] = [5, 12, 40];
/// The estimated cost of looking an item up in the data.
const LOOKUP: usize = 3;
/// The estimated cost of creating a list or calling a function.
const CALL: usize = 6;
/// The estimated cost of a regular expression on a short text.
const REGEX: usize = 40;
/// The assumed number of items of a collection, which multiplies the cost of a condition on each item.
const ITEMS: usize = 3;

/// Sorts the conditions of all bodies for the virtual machine. For the interpreter, the conditions must keep their order, because the interpreter
/// reports the first condition that fails.
pub(crate) fn sort(index: &mut Index) {
    let mut costs = Costs { defs: &index.defs, known: vec![None; index.defs.len()] };
    let orders: Vec<Vec<Vec<usize>>> = index
        .defs
        .iter()
        .map(|def| def.bodies.iter().flatten().map(|body| costs.cheap_first(&body.tests)).collect())
        .collect();
    for (def, orders) in index.defs.iter_mut().zip(orders) {
        let mut bodies = std::mem::take(&mut def.bodies).into_inner();
        for (body, order) in bodies.iter_mut().flatten().zip(orders) {
            let mut tests: Vec<Option<Later<Test>>> = std::mem::take(&mut body.tests).into_iter().map(Some).collect();
            body.tests = order.into_iter().filter_map(|at| tests.get_mut(at)?.take()).collect();
            body.ground = 0;
        }
        def.bodies = bodies.into();
    }
}

/// The estimated costs of definitions.
struct Costs<'a> {
    defs: &'a [Def],
    known: Vec<Option<usize>>,
}

impl Costs<'_> {
    /// The cost of evaluating all bodies of a definition.
    fn of(&mut self, def: usize) -> usize {
        if let Some(known) = self.known.get(def).copied().flatten() {
            return known;
        }
        // While a definition is estimated, references back to it cost nothing.
        self.set(def, 0);
        let bodies = self.defs.get(def).and_then(|def| def.bodies.as_deref()).unwrap_or_default();
        let cost = bodies.iter().map(|body| Uses::of_body(body, self).cost).sum::<usize>().min(MAX_COST);
        self.set(def, cost);
        cost
    }

    fn is_value(&self, def: usize) -> bool {
        self.defs.get(def).is_some_and(|def| def.kind == Kind::Value)
    }

    fn set(&mut self, def: usize, cost: usize) {
        if let Some(known) = self.known.get_mut(def) {
            *known = Some(cost);
        }
    }

    /// The positions of conditions, sorted by their estimated cost. Each condition comes after the conditions that assign its variables.
    fn cheap_first(&mut self, tests: &[Later<Test>]) -> Vec<usize> {
        let mut waiting: Vec<(usize, Uses)> =
            tests.iter().enumerate().map(|(at, test)| (at, Uses::of(test, self))).collect();
        let mut sorted = Vec::with_capacity(waiting.len());
        while !waiting.is_empty() {
            let is_ready = |uses: &Uses| {
                let missing = |other: &Uses| !other.assigned.is_disjoint(&uses.used);
                !waiting.iter().any(|(_, other)| missing(other))
            };
            // An assignment excludes nothing. If no condition uses its variable, the assignment comes last.
            let is_unused = |uses: &Uses| {
                uses.only_assigns && !waiting.iter().any(|(_, other)| !uses.assigned.is_disjoint(&other.used))
            };
            let ready = waiting.iter().enumerate().filter(|(_, (_, uses))| is_ready(uses));
            // Conditions of similar cost keep the order of the rule. Rules with a cycle of variables do not load, so there is always a condition that
            // is ready.
            let next = ready.min_by_key(|(_, (_, uses))| (is_unused(uses), uses.rank()));
            let next = next.map_or(0, |(at, _)| at);
            sorted.push(waiting.remove(next).0);
        }
        sorted
    }
}

/// The cost of a condition, and the variables that it uses and assigns.
#[derive(Default)]
struct Uses {
    cost: usize,
    used: BTreeSet<usize>,
    assigned: BTreeSet<usize>,
    /// Whether the condition only assigns a variable and excludes nothing.
    only_assigns: bool,
}

impl Uses {
    fn of(test: &Test, costs: &mut Costs<'_>) -> Self {
        let mut uses = Self { cost: 1, ..Self::default() };
        match test {
            Test::Holds(term) | Test::Not(term) => uses.add(term, costs),
            Test::Let(pattern, term) => {
                uses.add(term, costs);
                uses.assign(pattern);
                uses.only_assigns = matches!(pattern, Pattern::Variable(_) | Pattern::Any);
            }
            Test::Some(key, value, collection) => {
                uses.iterate(collection, costs);
                uses.cost += ITEMS;
                key.iter().chain([value]).for_each(|pattern| uses.assign(pattern));
            }
            Test::Unknown => {}
        }
        uses
    }

    fn of_body(body: &Body, costs: &mut Costs<'_>) -> Self {
        let mut uses = Self::default();
        let mut factor = 1;
        for test in &body.tests {
            let Self { cost, used, .. } = Self::of(test, costs);
            uses.cost += cost * factor;
            uses.used.extend(used);
            if matches!(**test, Test::Some(..)) {
                factor = ITEMS;
            }
        }
        for term in body.key.iter().chain([&body.value]) {
            uses.add(term, costs);
        }
        uses
    }

    /// The class of the cost. The exact estimates of expensive conditions are not reliable enough to sort by them.
    fn rank(&self) -> usize {
        RANKS.iter().filter(|least| **least <= self.cost).count()
    }

    fn add(&mut self, term: &Term, costs: &mut Costs<'_>) {
        self.cost += 1;
        match term {
            Term::Const(_) | Term::Unknown => self.cost -= 1,
            Term::Input(_, steps) => self.add_steps(steps, costs),
            Term::Data(_, steps) => {
                self.cost += LOOKUP;
                self.add_steps(steps, costs);
            }
            Term::Local(slot, steps) => {
                self.used.insert(*slot);
                self.add_steps(steps, costs);
            }
            Term::Rule(def, steps) => {
                // Only half of the cost counts, because another rule often needs the value, too.
                if !steps.is_empty() || costs.is_value(*def) {
                    self.cost += costs.of(*def) / 2;
                }
                self.add_steps(steps, costs);
            }
            Term::Call(def, terms) => {
                self.cost += CALL + costs.of(*def);
                self.add_all(terms, costs);
            }
            Term::Array(terms) | Term::Object(terms) | Term::Set(terms) | Term::Opaque(terms) => {
                self.cost += CALL;
                self.add_all(terms, costs);
            }
            Term::Builtin(builtin, terms) => {
                self.cost += match builtin {
                    Builtin::Marshal => MAX_COST,
                    Builtin::Matches => REGEX,
                    _ => CALL,
                };
                for term in terms {
                    self.iterate(term, costs);
                }
            }
            Term::Compare(_, sides) => {
                self.add(&sides.0, costs);
                self.add(&sides.1, costs);
            }
            Term::In(sides) => {
                self.add(&sides.0, costs);
                self.iterate(&sides.1, costs);
            }
            Term::Count(term) => self.iterate(term, costs),
            // The items are created only if a condition visits them. The estimate assumes that a condition visits them.
            Term::Comprehension(body) => {
                let Self { cost, used, .. } = Self::of_body(body, costs);
                self.cost += CALL + cost;
                self.used.extend(used);
            }
        }
    }

    /// Adds the cost of a term whose items are visited.
    fn iterate(&mut self, term: &Term, costs: &mut Costs<'_>) {
        self.add(term, costs);
        self.cost += match term {
            Term::Rule(def, steps) if steps.is_empty() && !costs.is_value(*def) => costs.of(*def) / 2,
            Term::Const(Const::Array(items) | Const::Set(items)) => items.len() / CALL,
            _ => 0,
        };
    }

    fn add_steps(&mut self, steps: &[Step], costs: &mut Costs<'_>) {
        for step in steps {
            self.cost += 1;
            if let Step::Term(term) = step {
                self.add(term, costs);
            }
        }
    }

    fn add_all(&mut self, terms: &[Term], costs: &mut Costs<'_>) {
        for term in terms {
            self.add(term, costs);
        }
    }

    fn assign(&mut self, pattern: &Pattern) {
        match pattern {
            Pattern::Variable(slot) => {
                self.assigned.insert(*slot);
            }
            Pattern::Array(parts) => parts.iter().for_each(|part| self.assign(part)),
            Pattern::Any | Pattern::Const(_) | Pattern::Unknown => {}
        }
    }
}
