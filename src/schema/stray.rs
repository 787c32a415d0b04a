//! Detects declarations that leaver would not read: in a list, below a key, in a text, or with an almost correct envelope. leaver reports each of
//! them, so that no app is skipped by mistake, and ignores documents of other tools.

use std::sync::LazyLock;

use super::{Ancestors, Breach, BreachKind, DECLARATIONS, OBSERVED, Part, nearest, path, spelling::folded};
use crate::{
    model::KINDS,
    source::{Node, SourceFile, Yaml, YamlLimits, parse, redact},
};

/// A text may contain another text, and so on. leaver searches for declarations in at most this many texts inside each other.
const TEXT_DEPTH: usize = 3;
/// The help for declarations in a position where leaver does not read them.
const SEPARATE: &str =
    "write each declaration as a document of its own, between lines of `---`, or exclude the file in leaver.yaml";

/// Keys of list entries, and beginnings of texts, that identify documents of other tools (`data/foreign.yaml`).
struct Foreign {
    lists: Vec<String>,
    texts: Vec<String>,
}

static FOREIGN: LazyLock<Foreign> = LazyLock::new(|| {
    let file = SourceFile::new("built-in/foreign.yaml", include_str!("../../data/foreign.yaml"));
    let parsed = parse(&file, &YamlLimits::default());
    let root = parsed.documents.first().map(|document| &document.root);
    let words = |node: &Node| -> Vec<String> {
        let Yaml::List(items) = node.value() else { return Vec::new() };
        items.iter().filter_map(Node::text).map(str::to_owned).collect()
    };
    let of = |key: &str| root.and_then(|root| root.get(key));
    Foreign {
        lists: of("lists").map_or(&[][..], Node::entries).iter().flat_map(|entry| words(&entry.value)).collect(),
        texts: of("texts").map(words).unwrap_or_default(),
    }
});

/// Finds an entry with this key, or with a misspelling of it: in another case, with a confusable character or, if the key is long, with one wrong
/// letter.
pub(super) fn find_intended<'a>(node: &'a Node, key: &str) -> Option<(&'a str, &'a Node)> {
    let entries = node.entries();
    let as_is = entries.iter().find(|entry| &*entry.key == key);
    let wanted = key.to_ascii_lowercase();
    let as_meant = || {
        entries.iter().find(|entry| {
            let found = folded(&entry.key);
            found == wanted || (wanted.len() > 8 && found.len() > 8 && nearest(&found, [wanted.as_str()]).is_some())
        })
    };
    as_is.or_else(as_meant).map(|entry| (&*entry.key, &entry.value))
}

/// Whether a text was meant as leaver's apiVersion: one of its words begins with `leaver`.
pub(super) fn is_leaver_version(version: &Node) -> bool {
    match version.value() {
        Yaml::Text(text) => contains_leaver(text),
        Yaml::List(items) => items.iter().any(|item| item.text().is_some() && is_leaver_version(item)),
        _ => false,
    }
}

/// Whether a line of invalid YAML shows that the text was meant for leaver.
pub(crate) fn suggests_leaver(line: &str) -> bool {
    let Some((key, value)) = line.split_once(':') else { return false };
    let bare = |text: &str| text.trim_matches(|c: char| c.is_whitespace() || "-{}[]'\",".contains(c)).to_owned();
    match bare(key).as_str() {
        "provisioning" => true,
        "kind" => is_typed(&bare(value)),
        key => folded(key) == "apiversion" && contains_leaver(value),
    }
}

fn contains_leaver(text: &str) -> bool {
    text.split(['/', '.', ':', ' ', '-', '_', '"', '\'']).any(|word| folded(word).starts_with("leaver"))
}

/// Whether a kind is a kind of leaver that people write by hand.
fn is_typed(kind: &str) -> bool {
    KINDS.contains(&kind) && !OBSERVED.contains(&kind)
}

/// Whether a kind is a kind of leaver, correctly spelled or not.
fn is_near_kind(kind: &str) -> bool {
    let kind = folded(kind);
    KINDS
        .iter()
        .filter(|known| is_typed(known))
        .chain(&["Application"])
        .any(|known| nearest(&kind, [known.to_ascii_lowercase().as_str()]).is_some())
}

/// Whether a mapping contains a part that only leaver's `spec` has: `provisioning` or `lifecycle` with keys of the schema.
fn is_spec(node: &Node) -> bool {
    let below = |key: &str| find_intended(node, key).map_or(&[][..], |(_, value)| value.entries());
    let known = |path: &[&str]| DECLARATIONS.has_handwritten_path(path);
    below("provisioning").iter().any(|entry| known(&["spec", "provisioning", &entry.key]))
        || below("lifecycle").iter().any(|stage| {
            stage.value.entries().iter().any(|entry| known(&["spec", "lifecycle", &stage.key, &entry.key]))
        })
}

/// Whether a mapping that is not a declaration was meant to be a declaration. The top of a document needs less evidence than a nested mapping.
pub(super) fn is_meant(node: &Node, top: bool) -> bool {
    let version = find_intended(node, "apiVersion").map(|(_, value)| value);
    let spec = find_intended(node, "spec").map(|(_, value)| value);
    let kind = find_intended(node, "kind").and_then(|(_, value)| value.text());
    let has = |key: &str| {
        spec.and_then(|spec| find_intended(spec, key)).is_some_and(|(_, value)| top || !value.entries().is_empty())
    };
    let named = find_intended(node, "metadata").is_some_and(|(_, metadata)| metadata.get("name").is_some());
    if version.is_some_and(is_leaver_version) || spec.is_some_and(is_spec) {
        return true;
    }
    let Some(version) = version else {
        // Documents of other tools may also have a `kind`, but they have an `apiVersion` too. Teleport uses `version` instead.
        let exact = kind.is_some_and(is_typed) && (top || (named && spec.is_some()));
        let near = kind.is_some_and(is_near_kind) && (named || spec.is_some()) && node.get("version").is_none();
        let flat = is_spec(node)
            && node.entries().iter().filter(|entry| DECLARATIONS.has_handwritten_path(&["spec", &entry.key])).count()
                > 1;
        return exact
            || (near && top)
            || has("provisioning")
            || (top && spec.is_some_and(|spec| has_map(spec, "lifecycle")))
            || flat;
    };
    // An `apiVersion` with a domain belongs to another tool. For example, kapp and Giant Swarm also have a `kind: App`.
    let elsewhere = version.text().and_then(|text| text.split_once('/')).is_some_and(|(group, _)| group.contains('.'));
    let bare = matches!(version.value(), Yaml::Int(_) | Yaml::Float(_) | Yaml::Null)
        || version.text().is_some_and(|text| text.eq_ignore_ascii_case("v1"));
    top && !elsewhere && (kind == Some("App") || has("provisioning") || (bare && kind.is_some_and(is_typed)))
}

fn has_map(node: &Node, key: &str) -> bool {
    node.get(key).is_some_and(|value| !value.entries().is_empty())
}

fn breach_at(node: &Node, ancestors: Option<&Ancestors<'_>>, root: &Node, message: String, help: &str) -> Breach {
    let path = path(ancestors);
    let span = if path.is_empty() { root.locate(&[]).span } else { node.locate(&[]).span };
    Breach { kind: BreachKind::Envelope, span, path, message, help: Some(help.to_owned()), form: None }
}

/// Finds all declarations inside a document. If the document itself is a declaration, only texts are searched, because the schema covers its keys.
pub(super) fn nested(root: &Node, declared: bool) -> Vec<Breach> {
    let mut search = Search { root, declared, depth: 0, found: Vec::new() };
    search.walk(root, None);
    search.found
}

/// Returns an error for a document that is a list or a scalar, unless `data/foreign.yaml` recognises it.
pub(super) fn bare_value(root: &Node) -> Option<Breach> {
    let foreign = &*FOREIGN;
    let message = match root.value() {
        Yaml::Null | Yaml::Map(_) => return None,
        Yaml::List(items) => {
            let theirs = |key: &str| {
                foreign
                    .lists
                    .iter()
                    .any(|known| known.strip_suffix('*').map_or(known == key, |start| key.starts_with(start)))
            };
            if items.iter().any(|item| item.entries().iter().any(|entry| theirs(&entry.key))) {
                return None;
            }
            "the document is a list: leaver reads nothing in it"
        }
        Yaml::Text(text) if foreign.texts.iter().any(|start| text.starts_with(start)) => return None,
        _ => "the document is a single value, not a mapping: leaver reads nothing in it",
    };
    Some(breach_at(root, None, root, message.to_owned(), SEPARATE))
}

struct Search<'a> {
    root: &'a Node,
    declared: bool,
    depth: usize,
    found: Vec<Breach>,
}

impl Search<'_> {
    fn walk(&mut self, node: &Node, ancestors: Option<&Ancestors<'_>>) {
        match node.value() {
            Yaml::Map(entries) => {
                if let Some(at) = ancestors.filter(|_| !self.declared && is_meant(node, false)) {
                    let message = match at.step {
                        Part::Index(_) => "a declaration is inside a list, where leaver does not read it".to_owned(),
                        Part::Key(key) => {
                            format!(
                                "a declaration is below `{}`, where leaver does not read it",
                                super::breach::shorten(key)
                            )
                        }
                    };
                    self.found.push(breach_at(node, ancestors, self.root, message, SEPARATE));
                    return;
                }
                for entry in entries.iter() {
                    self.walk(&entry.value, Some(&Ancestors { above: ancestors, step: Part::Key(&entry.key) }));
                }
            }
            Yaml::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.walk(item, Some(&Ancestors { above: ancestors, step: Part::Index(index) }));
                }
            }
            // A value that an alias repeats was already searched where it is written.
            Yaml::Text(text) if node.defined().is_none() && self.declares(text) => {
                let message = "this text is a declaration, which leaver does not read".to_owned();
                self.found.push(breach_at(node, ancestors, self.root, message, SEPARATE));
            }
            _ => {}
        }
    }

    /// Whether a text is or contains a declaration, in YAML or JSON.
    fn declares(&self, text: &str) -> bool {
        let words = ["leaver", "provisioning", "lifecycle", "kind"];
        if self.depth >= TEXT_DEPTH || !text.contains(':') || !text.contains(['\n', '{', '[']) {
            return false;
        }
        let small = text.to_lowercase();
        if !words.iter().any(|word| small.contains(word)) {
            return false;
        }
        let file = SourceFile::new("text", text);
        parse(&file, &YamlLimits::default()).documents.iter().any(|document| {
            let root = &document.root;
            let mut search = Search { root, declared: false, depth: self.depth + 1, found: Vec::new() };
            is_meant(root, true) || {
                search.walk(root, None);
                !search.found.is_empty()
            }
        })
    }
}

/// Returns the error in the envelope of a mapping that was meant as a declaration.
pub(super) fn envelope(root: &Node, version: &'static str) -> Breach {
    let key = "apiVersion";
    let found = find_intended(root, key);
    let message = match found {
        None => format!("this looks like a leaver declaration, but has no `{key}`"),
        Some((written, _)) if written != key => {
            format!(
                "this looks like a leaver declaration, but its key `{}` is not `{key}`",
                redact(written).chars().take(40).collect::<String>()
            )
        }
        Some(_) => format!("this looks like a leaver declaration, but its `{key}` is not `{version}`"),
    };
    let step = crate::finding::Step::Key(found.map_or(key, |(written, _)| written).to_owned());
    Breach {
        kind: BreachKind::Envelope,
        span: root.locate(&[step]).span,
        path: Vec::new(),
        message,
        help: Some(format!("write `{key}: {version}`, or exclude the file in leaver.yaml")),
        form: None,
    }
}
