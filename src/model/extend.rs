//! A System of the catalogue extends the built-in one that it names: an RFC 7396 merge that keeps places.

use std::collections::BTreeSet;

use crate::source::{Entry, Node, Span, Yaml};

/// Every name of a System, in lower case: `metadata.name`, `metadata.aliases` and `metadata.title`.
fn names(root: &Node) -> BTreeSet<String> {
    let Some(metadata) = root.get("metadata") else { return BTreeSet::new() };
    let mut names: BTreeSet<String> =
        ["name", "title"].iter().filter_map(|key| metadata.get(key)?.text()).map(plain).collect();
    if let Some(Yaml::List(aliases)) = metadata.get("aliases").map(|aliases| &aliases.value) {
        names.extend(aliases.iter().filter_map(Node::text).map(plain));
    }
    names
}

fn plain(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The built-in System that a declared one is about: that of its name, else one that shares another name with it. A title of one's own
/// is no claim to be another System, but an alias is.
pub(super) fn base<'a>(own: &Node, builtin: impl Iterator<Item = (usize, &'a Node)>) -> Option<usize> {
    let metadata = own.get("metadata")?;
    let name = plain(metadata.get("name").and_then(Node::text).unwrap_or_default());
    let mut claimed = BTreeSet::from([name.clone()]);
    if let Some(Yaml::List(aliases)) = metadata.get("aliases").map(|aliases| &aliases.value) {
        claimed.extend(aliases.iter().filter_map(Node::text).map(plain));
    }
    let mut found = None;
    for (index, root) in builtin {
        if root.get("metadata").and_then(|metadata| metadata.get("name")?.text()).is_some_and(|other| other == name) {
            return Some(index);
        }
        if found.is_none() && !names(root).is_disjoint(&claimed) {
            found = Some(index);
        }
    }
    found
}

/// `own` laid over `builtin` (RFC 7396): mappings are merged, anything else replaces, `null` removes. What is inherited has the place of the
/// nearest key that is written in the declaration, so that every finding on it has a place there.
pub(super) fn extend(builtin: &Node, own: &Node) -> Node {
    let anchor = own.entries().first().map_or(own.span, |entry| entry.key_span);
    merge(builtin, own, anchor)
}

fn merge(builtin: &Node, own: &Node, anchor: Span) -> Node {
    let Yaml::Map(written) = &own.value else { return own.clone() };
    let inherited = builtin.entries();
    let mut entries: Vec<Entry> = Vec::new();
    for entry in written.iter().filter(|entry| entry.value.value != Yaml::Null) {
        let value = match inherited.iter().find(|other| other.key == entry.key) {
            Some(other) => merge(&other.value, &entry.value, entry.key_span),
            None => merge(&entry.value, &entry.value, entry.key_span),
        };
        entries.push(Entry { value, ..entry.clone() });
    }
    let unwritten = inherited.iter().filter(|other| !written.iter().any(|entry| entry.key == other.key));
    entries.extend(unwritten.map(|other| Entry {
        key: other.key.clone(),
        key_span: anchor,
        key_plain: false,
        value: moved(&other.value, anchor),
    }));
    Node { value: Yaml::Map(entries), ..own.clone() }
}

/// A node as if it were written at `span`.
fn moved(node: &Node, span: Span) -> Node {
    let value = match &node.value {
        Yaml::List(items) => Yaml::List(items.iter().map(|item| moved(item, span)).collect()),
        Yaml::Map(entries) => Yaml::Map(
            entries
                .iter()
                .map(|entry| Entry {
                    key: entry.key.clone(),
                    key_span: span,
                    key_plain: false,
                    value: moved(&entry.value, span),
                })
                .collect(),
        ),
        scalar => scalar.clone(),
    };
    Node { span, defined: None, plain: false, value }
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

    /// The cases of RFC 7396, Appendix A, whose both sides are objects.
    #[test]
    fn the_merge_is_that_of_the_standard() {
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
        // A second merge changes nothing.
        assert!(extend(&builtin, &merged).same_value(&merged));
    }

    #[test]
    fn a_system_extends_the_one_of_any_of_its_names() {
        let builtin = [
            node("metadata: {name: okta, title: Okta}"),
            node("metadata: {name: entra-id, title: Microsoft Entra ID, aliases: [azure-ad]}"),
        ];
        let of = |own: &str| base(&node(own), builtin.iter().enumerate());
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
