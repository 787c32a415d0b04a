//! Merges values according to RFC 7396 and preserves their places: a user's System over the built-in System that it extends, and an App over its
//! pattern.

use std::collections::BTreeSet;

use crate::source::{Entry, Node, Span, Yaml};

/// Returns all names of a System, in lower case: `metadata.name`, `metadata.aliases` and `metadata.title`.
fn all_names(root: &Node) -> BTreeSet<String> {
    let Some(metadata) = root.get("metadata") else { return BTreeSet::new() };
    let mut names: BTreeSet<String> =
        ["name", "title"].iter().filter_map(|key| metadata.get(key)?.text()).map(normalize).collect();
    if let Some(Yaml::List(aliases)) = metadata.get("aliases").map(Node::value) {
        names.extend(aliases.iter().filter_map(Node::text).map(normalize));
    }
    names
}

fn normalize(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Returns the index of the built-in System that a declared System extends. This is the built-in System with the same `metadata.name`, otherwise the
/// first that shares a name or alias with the declared System. The title of the declared System does not count.
pub(super) fn find_base<'a>(own: &Node, builtin: impl Iterator<Item = (usize, &'a Node)>) -> Option<usize> {
    let metadata = own.get("metadata")?;
    let name = normalize(metadata.get("name").and_then(Node::text).unwrap_or_default());
    let mut claimed = BTreeSet::from([name.clone()]);
    if let Some(Yaml::List(aliases)) = metadata.get("aliases").map(Node::value) {
        claimed.extend(aliases.iter().filter_map(Node::text).map(normalize));
    }
    let mut found = None;
    for (index, root) in builtin {
        if root.get("metadata").and_then(|metadata| metadata.get("name")?.text()).is_some_and(|other| other == name) {
            return Some(index);
        }
        if found.is_none() && !all_names(root).is_disjoint(&claimed) {
            found = Some(index);
        }
    }
    found
}

/// Merges `own` over `builtin` (RFC 7396): mappings are merged, other values are replaced, and `null` removes a value. An inherited value gets the
/// place of the nearest key in the declaration, so that every finding has a place in the declaration.
pub(super) fn extend(builtin: &Node, own: &Node) -> Node {
    let anchor = own.entries().first().map_or_else(|| own.span(), Entry::key_span);
    extend_at(Some(builtin), own, anchor)
}

fn extend_at(builtin: Option<&Node>, own: &Node, anchor: Span) -> Node {
    let Yaml::Map(written) = own.value() else { return own.clone() };
    let inherited = builtin.map_or(&[][..], Node::entries);
    let merged = written.iter().filter(|entry| !is_null(&entry.value)).map(|entry| {
        let below = find(inherited, &entry.key).map(|other| &other.value);
        entry.with_value(extend_at(below, &entry.value, entry.key_span()))
    });
    let unwritten = inherited.iter().filter(|other| find(written, &other.key).is_none());
    let entries = merged.chain(unwritten.map(|other| entry_at(other, anchor)));
    own.with_value(Yaml::Map(entries.collect()))
}

fn entry_at(entry: &Entry, anchor: Span) -> Entry {
    Entry::new(entry.key.clone(), anchor, false, node_at(&entry.value, anchor))
}

fn node_at(node: &Node, anchor: Span) -> Node {
    let value = match node.value() {
        Yaml::List(items) => Yaml::List(items.iter().map(|item| node_at(item, anchor)).collect()),
        Yaml::Map(entries) => Yaml::Map(entries.iter().map(|entry| entry_at(entry, anchor)).collect()),
        scalar => scalar.clone(),
    };
    Node::new(anchor, value)
}

/// Returns the value of a pattern in the form that other declarations inherit and share. Keys with the value `null` are removed, and `above` is added
/// to the layer of each node. The places remain in the pattern's file.
pub(super) fn inheritable(node: &Node, above: u8) -> Node {
    raise(node, above, Nulls::Remove)
}

/// Merges `own` over a value without `null` (RFC 7396), such as the result of [`inheritable`]. The result shares all values that need no merging.
pub(super) fn merge(base: &Node, own: &Node) -> Node {
    let Yaml::Map(written) = own.value() else { return own.clone() };
    let inherited = base.entries();
    if inherited.is_empty() {
        return without_nulls(own);
    }
    let merged = written.iter().filter(|entry| !is_null(&entry.value)).map(|entry| {
        let value = match find(inherited, &entry.key) {
            Some(below) => merge(&below.value, &entry.value),
            None => without_nulls(&entry.value),
        };
        entry.with_value(value)
    });
    let unwritten = inherited.iter().filter(|other| find(written, &other.key).is_none());
    own.with_value(Yaml::Map(merged.chain(unwritten.cloned()).collect()))
}

/// Merges `own` over `base`. All places of `own` are in the file of `layer`.
pub(super) fn merge_layer(base: &Node, own: &Node, layer: u8) -> Node {
    merge(&without_nulls(base), &raise(own, layer, Nulls::Keep))
}

/// The effect of a `null` in a mapping. RFC 7396 does not merge lists, so a `null` in a list stays.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Nulls {
    /// The `null` removes a key.
    Remove,
    Keep,
}

fn raise(node: &Node, above: u8, nulls: Nulls) -> Node {
    if above == 0 && nulls == Nulls::Keep {
        return node.clone();
    }
    let value = match node.value() {
        Yaml::List(items) => Yaml::List(items.iter().map(|item| raise(item, above, Nulls::Keep)).collect()),
        Yaml::Map(entries) => {
            let kept = entries.iter().filter(|entry| nulls == Nulls::Keep || !is_null(&entry.value));
            Yaml::Map(kept.map(|entry| entry.with_value(raise(&entry.value, above, nulls))).collect())
        }
        scalar => scalar.clone(),
    };
    node.raised(above, value)
}

fn without_nulls(node: &Node) -> Node {
    if has_nulls(node) { raise(node, 0, Nulls::Remove) } else { node.clone() }
}

/// Whether a mapping, or a mapping inside it, has a `null`.
fn has_nulls(node: &Node) -> bool {
    node.entries().iter().any(|entry| is_null(&entry.value) || has_nulls(&entry.value))
}

fn is_null(node: &Node) -> bool {
    *node.value() == Yaml::Null
}

fn find<'a>(entries: &'a [Entry], key: &str) -> Option<&'a Entry> {
    entries.iter().find(|entry| entry.key == key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceFile, YamlLimits, parse};

    fn node(text: &str) -> Node {
        let file = SourceFile::new("t.yaml", text);
        parse(&file, &YamlLimits::default()).documents.remove(0).root
    }

    fn json(text: &str) -> serde_json::Value {
        serde_json::Value::from(&node(text))
    }

    /// Tests the cases of RFC 7396, Appendix A, in which both sides are objects.
    #[test]
    fn merging_follows_rfc_7396() {
        for (builtin, own, merged) in [
            ("{a: b}", "{a: c}", "{a: c}"),
            ("{a: b}", "{b: c}", "{a: b, b: c}"),
            ("{a: b}", "{a: null}", "{}"),
            ("{a: b, b: c}", "{a: null}", "{b: c}"),
            ("{a: [b]}", "{a: c}", "{a: c}"),
            ("{a: c}", "{a: [b]}", "{a: [b]}"),
            ("{a: {b: c}}", "{a: {b: d, c: null}}", "{a: {b: d}}"),
            ("{a: [{b: c}]}", "{a: [1]}", "{a: [1]}"),
            ("{e: null}", "{a: 1}", "{e: null, a: 1}"),
            ("{}", "{a: {bb: {ccc: null}}}", "{a: {bb: {}}}"),
        ] {
            let found = serde_json::Value::from(&extend(&node(builtin), &node(own)));
            assert_eq!(found, json(merged), "{builtin} and {own}");
        }
    }

    #[test]
    fn an_inherited_value_has_a_place_in_the_declaration() {
        let text = "metadata: {name: okta}\nspec:\n  kind: idp\n";
        let own = node(text);
        let builtin =
            node("metadata: {name: okta, title: Okta}\nspec: {kind: idp, deletes: false, quarantine: {days: 3}}");
        let merged = extend(&builtin, &own);
        let path = |keys: &[&str]| {
            let steps: Vec<_> = keys.iter().map(|key| crate::finding::Step::Key((*key).to_owned())).collect();
            let located = merged.locate(&steps);
            assert!(located.exists, "{keys:?}");
            located.span.slice(text).to_owned()
        };
        assert_eq!(path(&["spec", "deletes"]), "spec");
        assert_eq!(path(&["spec", "quarantine", "days"]), "spec");
        assert_eq!(path(&["metadata", "title"]), "metadata");
        assert_eq!(path(&["spec", "kind"]), "idp");
        // Merging again changes nothing.
        assert!(extend(&builtin, &merged).same_value(&merged));
    }

    #[test]
    fn a_system_extends_the_builtin_that_shares_a_name() {
        let builtin = [
            node("metadata: {name: okta, title: Okta}"),
            node("metadata: {name: entra-id, title: Microsoft Entra ID, aliases: [azure-ad]}"),
        ];
        let of = |own: &str| find_base(&node(own), builtin.iter().enumerate());
        for (own, found) in [
            ("metadata: {name: okta}", Some(0)),
            ("metadata: {name: azure-ad}", Some(1)),
            ("metadata: {name: corp, aliases: [Okta]}", Some(0)),
            ("metadata: {name: corp, aliases: [' microsoft  entra ID']}", Some(1)),
            ("metadata: {name: okta, aliases: [azure-ad]}", Some(0)),
            ("metadata: {name: corp, title: Okta}", None),
            ("metadata: {name: corp}", None),
            ("spec: {}", None),
        ] {
            assert_eq!(of(own), found, "{own}");
        }
    }
}
