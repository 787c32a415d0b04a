//! leaver and standard tools agree with the published test vectors, and signed content is valid by the published schema.

use std::{
    io::Write,
    process::{Command, Stdio},
    sync::Arc,
};

use leaver::{
    model::{Catalogue, Declaration, apply_patterns},
    schema::Shape,
    signoff::{APP_TAG, Materiality, REFERENCE_TAG, References, canonical, digest},
    source::{SourceFile, YamlLimits, parse},
};
use serde_json::Value;

use super::board::{Board, MANIFEST};
use crate::common::root;

/// Parses the declarations in a text.
fn declarations(text: &str) -> Vec<Declaration> {
    let file = Arc::new(SourceFile::new("v.yaml", text));
    let documents = parse(&file, &YamlLimits::default()).documents;
    let declare = |document: leaver::source::Document| {
        let word = |path: &[&str]| {
            let node = path.iter().try_fold(&document.root, |node, key| node.get(key));
            node.and_then(|node| node.text()).expect("text").to_owned()
        };
        let (kind, name) = (word(&["kind"]), word(&["metadata", "name"]));
        let file = Arc::clone(&file);
        Declaration { kind, name, file, document: 0, well_formed: true, root: document.root.into(), inherited: None }
    };
    documents.into_iter().map(declare).collect()
}

#[test]
fn leaver_agrees_with_the_published_vectors() {
    let text = std::fs::read_to_string(root().join("docs/signoff-vectors.json")).expect("text");
    let document: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(document["tag"], APP_TAG);
    let vectors = document["vectors"].as_array().expect("a list");
    assert!(vectors.len() >= 7);
    let mut digests = Vec::new();
    for vector in vectors {
        let name = vector["name"].as_str().expect("text");
        let file = SourceFile::new("v.yaml", vector["yaml"].as_str().expect("text"));
        let parsed = parse(&file, &YamlLimits::default());
        assert!(parsed.problems.is_empty(), "{name}: {:?}", parsed.problems);
        let list = |key: &str| serde_json::from_value(vector[key].clone()).expect("a list");
        let policy = Materiality { immaterial: list("immaterial"), material: list("material") };
        let value = policy.projection(&Value::from(&parsed.documents.first().expect("a document").root));
        assert_eq!(canonical(&value).as_deref().ok(), vector["canonical"].as_str(), "{name}");
        assert_eq!(digest(APP_TAG, &value).as_deref().ok(), vector["digest"].as_str(), "{name}");
        digests.push(vector["digest"].as_str());
    }
    // An app with a pattern has the same digest as an equal app without a pattern.
    let patterns = document["patterns"].as_array().expect("a list");
    assert!(patterns.len() >= 2);
    for vector in patterns {
        let name = vector["name"].as_str().expect("text");
        let mut found = declarations(vector["yaml"].as_str().expect("text"));
        assert_eq!(apply_patterns(&mut found), [], "{name}");
        let value = found[0].content();
        assert_eq!(canonical(&value).as_deref().ok(), vector["canonical"].as_str(), "{name}");
        assert_eq!(digest(APP_TAG, &value).as_deref().ok(), vector["digest"].as_str(), "{name}");
    }
    // A declaration that an app refers to is reduced to the covered parts, and has its own tag.
    assert_eq!(document["referenceTag"], REFERENCE_TAG);
    let references = document["references"].as_array().expect("a list");
    assert!(references.len() >= 3);
    for vector in references {
        let name = vector["name"].as_str().expect("text");
        let found = declarations(vector["yaml"].as_str().expect("text"));
        let app = serde_json::json!({"spec": {"owner": found[0].name}});
        let references = References::of(&Catalogue::new(found, Vec::new())).references([&app]);
        let [reference] = &references[..] else { panic!("{name}: {references:?}") };
        assert_eq!(canonical(&reference.declaration).as_deref().ok(), vector["canonical"].as_str(), "{name}");
        assert_eq!(digest(REFERENCE_TAG, &reference.declaration).as_deref().ok(), vector["digest"].as_str(), "{name}");
    }
    assert_eq!(digests[0], digests[1], "comments, order and quoting");
    digests.dedup();
    assert_eq!(digests.len(), vectors.len() - 1, "only these two vectors are equal");
}

#[test]
fn python_agrees_with_the_published_vectors() {
    const PROGRAM: &str = r#"
import hashlib, json, sys
document = json.load(sys.stdin)
for vector in document["vectors"]:
    whole = document["tag"] + vector["canonical"]
    assert hashlib.sha256(whole.encode("utf-8")).hexdigest() == vector["digest"], vector["name"]
    json.loads(vector["canonical"])
for vector in document["references"]:
    whole = document["referenceTag"] + vector["canonical"]
    assert hashlib.sha256(whole.encode("utf-8")).hexdigest() == vector["digest"], vector["name"]
print(len(document["vectors"]) + len(document["references"]))
"#;
    let text = std::fs::read_to_string(root().join("docs/signoff-vectors.json")).expect("text");
    let mut child = Command::new("python3")
        .args(["-c", PROGRAM])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 runs");
    child.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("standard input is open");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "10");
}

/// Anybody can recompute the digests in a manifest, here with jq and sha256sum.
#[test]
fn jq_and_sha256sum_recompute_a_subject() {
    const PROGRAM: &str = r"
jq -cS '.predicate.references[0].declaration' signoffs/s.json > form
{ printf 'leaver-reference/v1\n'; tr -d '\n' < form; } | sha256sum | cut -d ' ' -f 1
jq -cS '.predicate.apps[0].declaration | del(.metadata.title, .metadata.description, .metadata.labels)' signoffs/s.json > form
{ printf 'leaver-app/v1\n'; tr -d '\n' < form; } | sha256sum | cut -d ' ' -f 1
";
    let board = Board::new();
    board.signed("ada", &[]);
    let output = Command::new("sh").args(["-ec", PROGRAM]).current_dir(board.path()).output().expect("a shell");
    let manifest: Value = serde_json::from_str(&board.read(MANIFEST)).expect("JSON");
    let sum = |at: usize| manifest["subject"][at]["digest"]["sha256"].as_str().expect("text").to_owned();
    assert_eq!(manifest["subject"][1]["name"], "team:it-apps");
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), format!("{}\n{}", sum(1), sum(0)));
}

#[test]
fn signed_content_is_valid_by_the_published_schema() {
    let schema = std::fs::read_to_string(root().join("schemas/signoff.schema.json")).expect("text");
    let shape = Shape::compile("signoff.schema.json", &schema).expect("a schema");
    let board = Board::new();
    board.manifest("ada", &["--condition", "SCIM switched on=2027-01-31", "--comment", "see you soon"]);
    let text = board.read(MANIFEST);
    let breaches = |text: &str| {
        let file = SourceFile::new("s.json", text);
        shape.check(text, &parse(&file, &YamlLimits::default()).documents.first().expect("a document").root).len()
    };
    assert_eq!(breaches(&text), 0, "{text}");
    assert_eq!(breaches(&text.replace("\"role\"", "\"rule\"")), 2);
}
