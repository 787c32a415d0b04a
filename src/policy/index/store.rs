//! Lists of values that a query creates: variables, arguments and the items of collections. The lists are reused or kept together, because separate
//! allocations would take most of the time of a query.

use std::cell::RefCell;

use super::partial::{Partial, Slice};

/// The lists of one query.
#[derive(Default)]
pub(super) struct Store<'a> {
    /// The items of stored collections, one after the other.
    kept: RefCell<Vec<Partial<'a>>>,
    /// Lists that are not in use.
    free: RefCell<Vec<Vec<Partial<'a>>>>,
}

impl<'a> Store<'a> {
    /// An empty list. `release` returns it to the store.
    pub(super) fn list(&self) -> Vec<Partial<'a>> {
        self.free.borrow_mut().pop().unwrap_or_else(|| Vec::with_capacity(16))
    }

    pub(super) fn release(&self, mut list: Vec<Partial<'a>>) {
        list.clear();
        self.free.borrow_mut().push(list);
    }

    /// Keeps values until the end of the query.
    pub(super) fn keep(&self, values: &[Partial<'a>]) -> Slice {
        let mut kept = self.kept.borrow_mut();
        let start = kept.len();
        kept.extend_from_slice(values);
        Slice::new(start, values.len())
    }

    /// A kept value by its position.
    pub(super) fn value(&self, at: usize) -> Partial<'a> {
        self.kept.borrow().get(at).copied().unwrap_or(Partial::Unknown)
    }

    /// Whether kept values are certainly the same as other values.
    pub(super) fn equals(&self, slice: Slice, values: &[Partial<'a>]) -> bool {
        let kept = self.kept.borrow();
        kept.get(slice.range()).is_some_and(|kept| {
            kept.len() == values.len() && kept.iter().zip(values).all(|(one, other)| one.is_identical(*other))
        })
    }
}
