//! Tests of addresses.

use super::*;
use crate::source::{SourceFile, YamlLimits, parse};

fn root(text: &str) -> Node {
    parse(&SourceFile::new("a.yaml", text), &YamlLimits::default()).documents.remove(0).root
}

fn steps(path: &str) -> Vec<Step> {
    path.split('.').map(|part| part.parse().map_or_else(|_| Step::Key(part.into()), Step::Index)).collect()
}

/// A small random number generator. It produces the same cases on every machine.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("32 bits") % limit
    }

    fn text(&mut self) -> String {
        const CHARS: &[&str] = &[
            "a",
            "b",
            "0",
            "1",
            "7",
            ".",
            "[",
            "]",
            "\"",
            "\\",
            "#",
            "=",
            "~",
            "-",
            "_",
            " ",
            "\n",
            "\t",
            "\u{0}",
            "\u{1b}",
            "é",
            "e\u{301}",
            "日",
            "\u{200b}",
            "\u{202e}",
            "u{61}",
            "::",
            "/",
            "'",
            "{",
            "}",
            "0123456789abcdef",
        ];
        (0..self.below(5)).map(|_| CHARS[self.below(CHARS.len())]).collect()
    }

    fn part(&mut self, first: bool) -> Part {
        let digest = digest(&self.below(3).to_string());
        match self.below(if first { 2 } else { 6 }) {
            0 => Part::Key(self.text()),
            1 => Part::Index(self.below(12)),
            2 | 3 => Part::Entry { by: None, text: self.text() },
            4 => Part::Entry { by: Some(self.text()), text: self.text() },
            _ => Part::ByDigest { text: (self.below(2) == 0).then(|| self.text()), digest, nth: 1 + self.below(3) },
        }
    }
}

#[test]
fn addresses_round_trip_and_render_uniquely() {
    let mut numbers = Numbers(1);
    let mut seen: BTreeMap<String, Address> = BTreeMap::new();
    for _ in 0..40_000 {
        let address = Address((0..numbers.below(4)).map(|at| numbers.part(at == 0)).collect());
        let shown = address.to_string();
        assert_eq!(Address::parse(&shown).as_ref(), Ok(&address), "{shown}");
        assert!(!shown.chars().any(char::is_control), "{shown:?}");
        if let Some(other) = seen.insert(shown.clone(), address.clone()) {
            assert_eq!(other, address, "{shown}");
        }
    }
}

#[test]
fn parsing_never_panics_and_is_stable() {
    let mut numbers = Numbers(2);
    for _ in 0..40_000 {
        let text = format!("{}{}{}", numbers.text(), numbers.text(), numbers.text());
        if let Ok(address) = Address::parse(&text) {
            assert_eq!(Address::parse(&address.to_string()), Ok(address), "{text}");
        }
    }
    for text in [
        "[a]",
        "a..b",
        "a.",
        ".a",
        "a[",
        "a[]",
        "a[b",
        "a[\"b]",
        "a]b",
        "a[#12]",
        "a[b#0123456789abcdef.1]",
        "a b",
        "a[b]c",
    ] {
        assert!(Address::parse(text).is_err(), "{text}");
    }
}

#[test]
fn entries_are_identified_by_name_or_content() {
    let tree = root(
        "spec:\n  nonHuman:\n  - {name: terraform, kind: bot}\n  - {name: a.b, kind: bot}\n  - {name: '0', kind: bot}\n  - {name: Global Admin}\n  - {id: k1}\n  populations: [staff, guests, guests]\n  days: [1, 2]\n  '0': {x: 1}\n",
    );
    for (path, want) in [
        ("spec.nonHuman.0.neverExpires", "spec.nonHuman[terraform].neverExpires"),
        ("spec.nonHuman.1", "spec.nonHuman[a.b]"),
        ("spec.nonHuman.2", "spec.nonHuman[\"0\"]"),
        ("spec.nonHuman.3", "spec.nonHuman[\"Global Admin\"]"),
        ("spec.nonHuman.4", "spec.nonHuman[id=k1]"),
        ("spec.nonHuman.9.x", "spec.nonHuman.9.x"),
        ("spec.populations.0", "spec.populations[staff]"),
        ("spec.lifecycle.update.owner", "spec.lifecycle.update.owner"),
    ] {
        let address = Address::of(&tree, &steps(path));
        assert_eq!(address.to_string(), want);
        assert_eq!(Address::parse(path).expect("an address").with_names(&tree), address, "{path}");
    }
    let at = |path: &str| Address::of(&tree, &steps(path)).to_string();
    assert!(at("spec.populations.1").starts_with("spec.populations[guests#"));
    assert_eq!(at("spec.populations.2"), at("spec.populations.1").replace(']', ".2]"));
    assert_ne!(at("spec.days.0"), at("spec.days.1"));
    assert_eq!(Address::parse("spec.0.x").expect("an address").with_names(&tree).to_string(), "spec.\"0\".x");
}

/// Checks that an address from one version of a list never refers to another entry in the next version.
#[test]
fn addresses_never_refer_to_another_entry() {
    let names = ["bot", "bot", "ci", "'a]b'", "'1'"];
    let mut numbers = Numbers(3);
    let version = |numbers: &mut Numbers| {
        let entries = (0..numbers.below(5)).map(|_| {
            let name =
                if numbers.below(6) == 0 { String::new() } else { format!("name: {}, ", names[numbers.below(5)]) };
            let id = if numbers.below(3) == 0 { format!("id: k{}, ", numbers.below(3)) } else { String::new() };
            format!("  - {{{name}{id}owner: t{}}}\n", numbers.below(3))
        });
        let text: String = entries.collect();
        root(&format!("list:\n{text}other: 1\n"))
    };
    for _ in 0..3_000 {
        let (old, new) = (version(&mut numbers), version(&mut numbers));
        let items = |root: &Node| match root.get("list").expect("a list").value() {
            Yaml::List(items) => items.to_vec(),
            _ => Vec::new(),
        };
        let (before, after) = (items(&old), items(&new));
        let (mut old_entries, mut new_entries) = (Entries::default(), Entries::default());
        let (old_entries, new_entries) = (old_entries.of(&before), new_entries.of(&after));
        for (part, entry) in old_entries.iter().zip(&before) {
            for (_, same) in new_entries.iter().zip(&after).filter(|(candidate, _)| *candidate == part) {
                let key = |key: &str| {
                    entry.get(key).is_some()
                        && entry.get(key).and_then(Node::text) == same.get(key).and_then(Node::text)
                };
                assert!(key("name") || key("id") || entry.same_value(same), "{part:?}");
            }
        }
        assert_eq!(
            old_entries.len(),
            old_entries.iter().collect::<std::collections::BTreeSet<_>>().len(),
            "{old_entries:?}"
        );
    }
}

#[test]
fn an_address_is_below_itself_and_its_parents_only() {
    let below = |path: &str, prefix: &str| {
        let [path, prefix] = [path, prefix].map(|text| Address::parse(text).expect("an address"));
        path.is_below(&prefix)
    };
    assert!(below("spec.nonHuman[ci].owner", "spec.nonHuman[ci]") && below("spec.nonHuman[ci]", "spec.nonHuman"));
    assert!(!below("spec.nonHuman[ci2]", "spec.nonHuman[ci]") && !below("spec.nonHumans", "spec.nonHuman"));
    assert!(!below("spec.nonHuman[ci]", "spec.nonHuman[ci].owner"));
}
