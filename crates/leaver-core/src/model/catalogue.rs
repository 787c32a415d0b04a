//! All declarations of a run.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    effective::PATTERN_KEY,
    extend::{extend, find_base},
    population::{is_replaced, item},
};
use crate::{
    finding::{Step, Subject},
    source::{Located, Node, Place, SourceFile, Span, identity},
};

/// One YAML document with `apiVersion: leaver/v1`.
#[derive(Debug, Clone)]
pub struct Declaration {
    /// `App`, `Pattern`, `Team`, `System` or `Waiver`, or a kind that `leaver observe` writes: `Snapshot` or `Observation`.
    pub kind: String,
    /// `metadata.name`; empty if it is missing.
    pub name: String,
    /// The file.
    pub file: Arc<SourceFile>,
    /// Index of the document in the file, from 0.
    pub document: usize,
    /// Whether the shape of the declaration is valid. Rules evaluate only valid declarations.
    pub well_formed: bool,
    /// The effective value with its spans, as rules see it. An App or Pattern is merged over its patterns. Two versions of a catalogue share
    /// unchanged values.
    pub root: Arc<Node>,
    /// The written value, the patterns and the derived populations; `None` if the declaration has no pattern and no derived population.
    pub inherited: Option<Arc<Inherited>>,
}

/// The written value of a declaration, its patterns and its derived populations.
#[derive(Debug, Clone)]
pub struct Inherited {
    /// The value as written.
    pub written: Arc<Node>,
    /// Whether the written value is valid.
    pub well_formed: bool,
    /// The patterns, nearest first. Nodes of layer 1 are in the file of the first pattern.
    pub layers: Arc<[Layer]>,
    /// The names of all patterns that the populations inherit from, directly or through other patterns.
    pub population_patterns: BTreeSet<String>,
    /// The populations of an app that are evaluated as declarations.
    pub populations: Vec<Declaration>,
}

/// A pattern of a declaration.
#[derive(Debug, Clone)]
pub struct Layer {
    /// `metadata.name` of the Pattern.
    pub name: String,
    /// The file.
    pub file: Arc<SourceFile>,
}

/// The result of resolving a path of a declaration: a place in the file of the declaration or of a pattern.
#[derive(Debug)]
pub struct ResolvedPath {
    /// The key or value, or the nearest parent of a missing key.
    pub place: Place,
    /// Whether the whole path exists.
    pub exists: bool,
    /// The place of the anchored value, if the place is an alias.
    pub defined: Option<Place>,
    /// The pattern that the value comes from, or that could have set a missing value.
    pub pattern: Option<String>,
    /// A second place, if there is a pattern. For an inherited value, it is the place where the declaration names the pattern; for a missing value,
    /// it is the nearest parent in the pattern.
    pub other: Option<Place>,
}

impl Declaration {
    /// Returns kind and name.
    pub fn subject(&self) -> Subject {
        Subject { kind: self.kind.clone(), name: self.name.clone() }
    }

    /// Returns the values that identify the declaration in addition to its name: vendor, tier and so on. Another app with the same name has another
    /// identity.
    pub fn identity(&self) -> String {
        identity(&self.kind, &self.name, &self.root)
    }

    /// Returns the value as written, without inherited values.
    pub fn written(&self) -> &Node {
        self.inherited.as_ref().map_or(&self.root, |inherited| &inherited.written)
    }

    /// Returns the patterns that the declaration inherits from, nearest first.
    pub fn layers(&self) -> &[Layer] {
        self.inherited.as_ref().map_or(&[], |inherited| &inherited.layers)
    }

    /// Returns the names of all declared patterns that the declaration or one of its populations inherits from. A fault in one of these patterns
    /// affects the declaration.
    pub fn patterns(&self) -> BTreeSet<&str> {
        let population_patterns =
            self.inherited.iter().flat_map(|inherited| &inherited.population_patterns).map(String::as_str);
        self.layers().iter().map(|layer| layer.name.as_str()).chain(population_patterns).collect()
    }

    /// Whether the populations are evaluated instead of the app.
    pub fn is_replaced(&self) -> bool {
        is_replaced(self)
    }

    /// Whether rules on single declarations evaluate any part of the declaration.
    pub fn is_evaluated(&self) -> bool {
        self.well_formed && (!is_replaced(self) || self.populations().iter().any(|population| population.well_formed))
    }

    /// Whether the declaration is an app that was found but is not fully declared yet. Most rules do not apply to such an app.
    pub fn is_discovered(&self) -> bool {
        let status = self.root.get("spec").and_then(|spec| spec.get("status"));
        self.kind == "App" && status.and_then(Node::text) == Some("discovered")
    }

    /// Returns the populations that are evaluated as declarations.
    pub fn populations(&self) -> &[Self] {
        self.inherited.as_ref().map_or(&[], |inherited| &inherited.populations)
    }

    /// Returns the list item that declares a population of this app.
    pub(crate) fn item(&self, population: &Self) -> Option<&Node> {
        item(self, population)
    }

    /// Returns the name of the population, if the declaration was derived from a population of an app.
    pub fn population(&self) -> Option<&str> {
        self.root.get("metadata")?.get("population")?.text()
    }

    /// Returns the pattern that a node of [`Declaration::root`] comes from, or `None` for a node of the declaration's own file.
    pub fn layer(&self, layer: u8) -> Option<&Layer> {
        self.layers().get(usize::from(layer).checked_sub(1)?)
    }

    /// Returns the effective value without the names of patterns. The result is therefore the same whether a value is inherited or written.
    pub fn content(&self) -> serde_json::Value {
        let mut value = serde_json::Value::from(&*self.root);
        if let Some(spec) = value.get_mut("spec").and_then(serde_json::Value::as_object_mut) {
            spec.shift_remove(PATTERN_KEY);
            let own: Vec<serde_json::Value> = self.populations().iter().filter_map(Self::as_population).collect();
            if !own.is_empty() {
                let mut all = spec
                    .get_mut("populations")
                    .and_then(|all| all.as_array_mut())
                    .map(std::mem::take)
                    .unwrap_or_default();
                all.retain(serde_json::Value::is_string);
                all.extend(own);
                spec.insert("populations".into(), all.into());
            }
        }
        value
    }

    /// Returns a derived population as an item of `spec.populations` with all values of the population.
    fn as_population(&self) -> Option<serde_json::Value> {
        let mut content = self.content();
        let spec = content.get_mut("spec")?.as_object_mut()?;
        for key in ["populations", "status", "retirement"] {
            spec.shift_remove(key);
        }
        spec.insert("name".into(), self.population()?.into());
        content.get_mut("spec").map(serde_json::Value::take)
    }

    /// Resolves a path. An inherited value has a place in the pattern's file. A missing key has a place in the declaration's own file: the nearest
    /// parent, or `pattern:` if only the pattern has this parent.
    pub fn resolve(&self, path: &[Step]) -> ResolvedPath {
        let Located { span, defined, exists, layer } = self.root.locate(path);
        let Some(Layer { name, file }) = self.layer(layer) else {
            let defined = defined.map(|span| self.place(span));
            let could = !exists && matches!(path.first(), Some(Step::Key(key)) if key == "spec");
            let pattern = self.layers().first().filter(|_| could).map(|layer| layer.name.clone());
            return ResolvedPath { place: self.place(span), exists, defined, pattern, other: None };
        };
        let there = |span| Place { file: Arc::clone(file), span };
        let here = self.place(self.root.locate(&["spec", PATTERN_KEY].map(|key| Step::Key(key.into()))).span);
        let (place, other) = if exists { (there(span), here) } else { (here, there(span)) };
        ResolvedPath { place, exists, defined: defined.map(there), pattern: Some(name.clone()), other: Some(other) }
    }

    /// Returns a span of the declaration's file as a place.
    pub fn place(&self, span: Span) -> Place {
        Place { file: Arc::clone(&self.file), span }
    }
}

/// The kind under which look-ups find a built-in System in its original form, even if a declaration has the same name.
pub const BUILT_IN: &str = "built-in System";

/// All declarations: the user's declarations in file order, the built-in Systems, and the populations that are evaluated as declarations.
#[derive(Debug, Default)]
pub struct Catalogue {
    declarations: Vec<Declaration>,
    own: usize,
    /// The index after the last built-in System, at which the populations start.
    end: usize,
    index: BTreeMap<(String, String), usize>,
    /// For the name of each user's System, the indexes of the built-in Systems that it extends.
    extends: BTreeMap<String, BTreeSet<usize>>,
}

impl Catalogue {
    /// Collects declarations. A user's System extends the built-in System that it names, and takes precedence over it in look-ups. If two
    /// declarations have the same kind and name, look-ups find the first. An invalid System does not hide a built-in System, because the content of
    /// an invalid System is unknown.
    pub fn new(own: Vec<Declaration>, builtin: Vec<Declaration>) -> Self {
        let count = own.len();
        let mut declarations: Vec<Declaration> = own.into_iter().chain(builtin).collect();
        let extends = extend_systems(&mut declarations, count);
        let mut index: BTreeMap<(String, String), usize> = BTreeMap::new();
        for (at, declaration) in declarations.iter().enumerate() {
            let taken = index.entry((declaration.kind.clone(), declaration.name.clone())).or_insert(at);
            if at >= count && declarations.get(*taken).is_some_and(|other| !other.well_formed) {
                *taken = at;
            }
        }
        let end = declarations.len();
        let populations: Vec<Declaration> =
            declarations.iter().take(count).flat_map(Declaration::populations).cloned().collect();
        declarations.extend(populations);
        Self { declarations, own: count, end, index, extends }
    }

    /// Returns the built-in Systems.
    pub fn builtin(&self) -> &[Declaration] {
        self.declarations.get(self.own..self.end).unwrap_or_default()
    }

    /// Returns the name of each user's System that extends built-in Systems, with the names of these built-in Systems.
    pub fn extended(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        self.extends.iter().map(|(name, bases)| {
            (name.as_str(), bases.iter().filter_map(|at| self.get(*at)).map(|base| base.name.as_str()).collect())
        })
    }

    /// Returns the user's own declarations.
    pub fn own(&self) -> &[Declaration] {
        self.declarations.get(..self.own).unwrap_or_default()
    }

    /// Returns the user's well-formed waivers.
    pub fn waivers(&self) -> impl Iterator<Item = &Declaration> {
        self.own().iter().filter(|declaration| declaration.kind == "Waiver" && declaration.well_formed)
    }

    /// Returns the input of rules on single declarations: the user's declarations and all derived populations. An app that its populations replace is
    /// omitted.
    pub fn evaluated(&self) -> impl Iterator<Item = (usize, &Declaration)> {
        let own = self.own().iter().enumerate().filter(|(_, declaration)| !is_replaced(declaration));
        own.chain(self.populations())
    }

    /// Returns the populations that are evaluated as declarations.
    pub fn populations(&self) -> impl Iterator<Item = (usize, &Declaration)> {
        self.declarations.iter().enumerate().skip(self.end)
    }

    /// Returns the apps that their populations replace. Only rules on secrets see such an app: a population may remove a value, but the text stays in
    /// the file.
    pub fn replaced(&self) -> impl Iterator<Item = (usize, &Declaration)> {
        self.own().iter().enumerate().filter(|(_, declaration)| is_replaced(declaration))
    }

    /// Returns the declaration at an index. Built-in Systems come after the user's declarations.
    pub fn get(&self, index: usize) -> Option<&Declaration> {
        self.declarations.get(index)
    }

    /// Returns the declaration with a kind and name. [`BUILT_IN`] is the kind of a built-in System in its original form.
    pub fn find(&self, subject: &Subject) -> Option<&Declaration> {
        if subject.kind == BUILT_IN {
            return self.builtin().iter().find(|declaration| declaration.name == subject.name);
        }
        self.index.get(&(subject.kind.clone(), subject.name.clone())).and_then(|at| self.get(*at))
    }

    /// Returns the declarations that look-ups by name find.
    pub fn named(&self) -> impl Iterator<Item = &Declaration> {
        self.index.values().filter_map(|at| self.get(*at)).filter(|declaration| !declaration.name.is_empty())
    }
}

/// Merges each well-formed System of the user over the built-in System that it extends. For the name of each user's System, returns the indexes of
/// the built-in Systems.
fn extend_systems(declarations: &mut [Declaration], own: usize) -> BTreeMap<String, BTreeSet<usize>> {
    let mut extends: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    let (own, builtin) = declarations.split_at_mut(own);
    let count = own.len();
    for system in own.iter_mut().filter(|declaration| declaration.kind == "System" && declaration.well_formed) {
        let roots = builtin.iter().enumerate().map(|(at, declaration)| (at, &*declaration.root));
        let Some((at, base)) = find_base(&system.root, roots).and_then(|at| Some((at, builtin.get(at)?))) else {
            continue;
        };
        system.root = Arc::new(extend(&base.root, &system.root));
        extends.entry(system.name.clone()).or_default().insert(count + at);
    }
    extends
}
