//! Caches verdicts. The key is a digest of everything that a verdict depends on.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, PoisonError, RwLock, Weak},
};

use rayon::prelude::*;

use super::digest::{Digest, Parts, value_digest};
use crate::{
    finding::{Target, Verdict},
    model::Declaration,
    policy::VerdictCache,
    source::Node,
};

/// Verdicts of earlier evaluations. The key covers the rules, the data that they see and the value of the declaration. It does not cover the file and
/// the position of the declaration, so that verdicts are valid in any catalogue.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    verdicts: RwLock<HashMap<Digest, Arc<[Verdict]>>>,
    /// Address of a tree → its digest. The weak reference prevents another tree from getting the same address.
    digests: RwLock<HashMap<usize, (Weak<Node>, Digest)>>,
}

impl Memo {
    /// The digests of some declarations.
    pub(super) fn digests<'a>(&self, declarations: impl ParallelIterator<Item = &'a Declaration>) -> Vec<Digest> {
        let digested: Vec<(&Declaration, Digest, bool)> = declarations
            .map(|declaration| match self.cached_digest(&declaration.root) {
                Some(digest) => (declaration, digest, true),
                None => (declaration, value_digest(&declaration.root), false),
            })
            .collect();
        let mut digests = self.digests.write().unwrap_or_else(PoisonError::into_inner);
        for (declaration, digest, known) in &digested {
            if !known {
                digests.insert(address(&declaration.root), (Arc::downgrade(&declaration.root), *digest));
            }
        }
        digested.into_iter().map(|(_, digest, _)| digest).collect()
    }

    fn cached_digest(&self, root: &Arc<Node>) -> Option<Digest> {
        let digests = self.digests.read().unwrap_or_else(PoisonError::into_inner);
        digests.get(&address(root)).map(|(_, digest)| *digest)
    }
}

fn address(root: &Arc<Node>) -> usize {
    Arc::as_ptr(root) as usize
}

/// The part of a memo that belongs to one catalogue: the keys of its declarations.
pub(super) struct CatalogueMemo<'a> {
    memo: &'a Memo,
    /// Index of a declaration → its key.
    keys: BTreeMap<usize, Digest>,
}

impl<'a> CatalogueMemo<'a> {
    /// `declarations` lists the declarations to evaluate, each with its index and a digest. The digest covers everything else that the rules on this
    /// kind of declaration see.
    pub(super) fn new(memo: &'a Memo, declarations: &[(usize, &Declaration, Digest)]) -> Self {
        let digests = memo.digests(declarations.par_iter().map(|(_, declaration, _)| *declaration));
        let keys = declarations
            .iter()
            .zip(digests)
            .map(|((index, _, context), digest)| (*index, Parts::default().add(context).add(&digest).digest()));
        Self { memo, keys: keys.collect() }
    }
}

impl VerdictCache for CatalogueMemo<'_> {
    fn is_cached(&self, index: usize) -> bool {
        let known = self.memo.verdicts.read().unwrap_or_else(PoisonError::into_inner);
        self.keys.get(&index).is_some_and(|key| known.contains_key(key))
    }

    fn cached(&self, index: usize) -> Option<Vec<Verdict>> {
        let key = self.keys.get(&index)?;
        let verdicts = self.memo.verdicts.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned()?;
        Some(verdicts.iter().map(|verdict| Verdict { declaration: index, ..verdict.clone() }).collect())
    }

    fn store(&self, index: usize, verdicts: &[Verdict]) {
        let Some(key) = self.keys.get(&index) else { return };
        // Verdicts that refer to another declaration by its index are not stored, because the index is not valid in another catalogue.
        let by_name = |verdict: &Verdict| {
            verdict.declaration == index
                && verdict.related.iter().all(|related| matches!(related.target, Target::Named(_)))
        };
        if verdicts.iter().all(by_name) {
            self.memo.verdicts.write().unwrap_or_else(PoisonError::into_inner).insert(*key, verdicts.into());
        }
    }
}
