//! RFC 7396 merges that preserve places: a user's System over the built-in one that it extends, an App over its pattern.

use std::collections::BTreeSet;

use crate::source::{Entry, Node, Span, Yaml};

/// All names of a System, in lower case: `metadata.name`, `metadata.aliases` and `metadata.title`.
fn all_names(root: &Node) -> BTreeSet<String> {
    let Some(metadata) = root.get("metadata") else { return BTreeSet::new() };
    let mut names: BTreeSet<String> =
        ["name", "title"].iter().filter_map(|key| metadata.get(key)?.text()).map(normalize).collect();
    if let Some(Yaml::List(aliases)) = metadata.get("aliases").map(|aliases| &aliases.value) {
        names.extend(aliases.iter().filter_map(Node::text).map(normalize));
    }
    names
}

fn normalize(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The built-in System that a declared one extends: the one with its name, otherwise the first with one of its names. The title of the
/// declared one does not count.
pub(super) fn find_base<'a>(own: &Node, builtin: impl Iterator<Item = (usize, &'a Node)>) -> Option<usize> {
    let metadata = own.get("metadata")?;
    let name = normalize(metadata.get("name").and_then(Node::text).unwrap_or_default());
    let mut claimed = BTreeSet::from([name.clone()]);
    if let Some(Yaml::List(aliases)) = metadata.get("aliases").map(|aliases| &aliases.value) {
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

/// Merges `own` over `builtin` (RFC 7396): mappings are merged, other values are replaced, `null` removes. An inherited value gets the
/// place of the nearest key in the declaration, so that every finding on it has a place there.
pub(super) fn extend(builtin: &Node, own: &Node) -> Node {
    let anchor = own.entries().first().map_or(own.span, |entry| entry.key_span);
    merge(Some(builtin), own, Inherit::At(anchor))
}

/// `own` merged over a pattern (RFC 7396). Inherited values keep their place in the pattern's file; their layers are raised by `above`.
pub(super) fn merge_pattern(pattern: &Node, own: &Node, above: u8) -> Node {
    merge(Some(pattern), own, Inherit::Above(above))
}

/// `own` merged over `base`, with all places of `own` in the file of `layer`.
pub(super) fn merge_layer(base: &Node, own: &Node, layer: u8) -> Node {
    merge(Some(base), &inherit_node(own, Inherit::Above(layer), Nulls::Keep), Inherit::Above(0))
}

/// The place of an inherited value.
#[derive(Clone, Copy)]
enum Inherit {
    /// The place of the nearest written key.
    At(Span),
    /// Its own place, with its layer raised by this number.
    Above(u8),
}

/// The effect of a `null` in a mapping.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Nulls {
    /// It removes a key.
    Remove,
    Keep,
}

fn merge(base: Option<&Node>, own: &Node, how: Inherit) -> Node {
    let Yaml::Map(written) = &own.value else { return own.clone() };
    let inherited = base.map_or(&[][..], Node::entries);
    let mut entries: Vec<Entry> = Vec::with_capacity(written.len().max(inherited.len()));
    for Entry { key, key_span, key_plain, value } in written.iter().filter(|entry| entry.value.value != Yaml::Null) {
        let below = inherited.iter().find(|other| other.key == *key).map(|other| &other.value);
        let how = match how {
            Inherit::At(_) => Inherit::At(*key_span),
            above @ Inherit::Above(_) => above,
        };
        let value = merge(below, value, how);
        entries.push(Entry { key: key.clone(), key_span: *key_span, key_plain: *key_plain, value });
    }
    let unwritten = inherited.iter().filter(|other| !written.iter().any(|entry| entry.key == other.key));
    // Only a `null` in a pattern removes a key.
    let nulls = if matches!(how, Inherit::At(_)) { Nulls::Keep } else { Nulls::Remove };
    entries.extend(unwritten.filter_map(|other| inherit(other, how, nulls)));
    Node { span: own.span, defined: own.defined, plain: own.plain, layer: own.layer, value: Yaml::Map(entries) }
}

/// An inherited entry.
fn inherit(entry: &Entry, how: Inherit, nulls: Nulls) -> Option<Entry> {
    if nulls == Nulls::Remove && entry.value.value == Yaml::Null {
        return None;
    }
    let (key_span, key_plain) = match how {
        Inherit::At(span) => (span, false),
        Inherit::Above(_) => (entry.key_span, entry.key_plain),
    };
    Some(Entry { key: entry.key.clone(), key_span, key_plain, value: inherit_node(&entry.value, how, nulls) })
}

/// An inherited node. RFC 7396 does not merge lists, so a `null` in them stays.
fn inherit_node(node: &Node, how: Inherit, nulls: Nulls) -> Node {
    let value = match &node.value {
        Yaml::List(items) => Yaml::List(items.iter().map(|item| inherit_node(item, how, Nulls::Keep)).collect()),
        Yaml::Map(entries) => Yaml::Map(entries.iter().filter_map(|entry| inherit(entry, how, nulls)).collect()),
        scalar => scalar.clone(),
    };
    with_place(node, value, how)
}

fn with_place(node: &Node, value: Yaml, how: Inherit) -> Node {
    match how {
        Inherit::At(span) => Node { span, defined: None, plain: false, layer: 0, value },
        Inherit::Above(above) => Node {
            span: node.span,
            defined: node.defined,
            plain: node.plain,
            layer: node.layer.saturating_add(above),
            value,
        },
    }
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

    /// The cases of RFC 7396, Appendix A, in which both sides are objects.
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
