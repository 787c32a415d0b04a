//! Suggests the value or key that the user probably meant: a synonym, a similar text, or the same key in another mapping.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use serde::Deserialize;
use serde_json::Value;

use super::{DECLARATIONS, keys::blocks};
use crate::{
    finding::Step,
    model::KINDS,
    source::{SourceFile, YamlLimits, parse},
};

/// Maximum number of other paths to suggest for a key. If there are more, none is suggested, because the reader would have to guess.
const PLACES: usize = 2;

/// The probable meanings of words, from `data/synonyms.yaml`: the values to use at each key, and the keys to use in each mapping.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Synonyms {
    values: BTreeMap<String, BTreeMap<String, String>>,
    keys: BTreeMap<String, BTreeMap<String, String>>,
}

static SYNONYMS: LazyLock<Synonyms> = LazyLock::new(|| read().unwrap_or_default());

fn read() -> Option<Synonyms> {
    let file = SourceFile::new("built-in/synonyms.yaml", include_str!("../../data/synonyms.yaml"));
    let document = parse(&file, &YamlLimits::default()).documents.into_iter().next()?;
    serde_json::from_value(Value::from(&document.root)).ok()
}

/// The mappings in which each key may occur, by kind. Populations are left out, because they have the same keys as an app.
static ELSEWHERE: LazyLock<BTreeMap<&str, BTreeMap<String, BTreeSet<String>>>> = LazyLock::new(|| {
    let mut all: BTreeMap<&str, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for block in blocks(&DECLARATIONS) {
        for (kind, place) in block.places.iter().filter(|(_, place)| !place.iter().any(|step| step == "populations")) {
            let Some(kind) = KINDS.into_iter().find(|name| name == kind) else { continue };
            let keys = all.entry(kind).or_default();
            for key in &block.keys {
                if let Some((last, above)) = key.path.split_last() {
                    let above = [place.as_slice(), above].concat().join(".").replace(".[]", "[]");
                    keys.entry(last.clone()).or_default().insert(above);
                }
            }
        }
    }
    all
});

/// Returns the most similar name, if any is similar.
pub(super) fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Real keys are shorter. Only a hostile key is this long.
    if word.len() > 80 {
        return None;
    }
    let lower = word.to_lowercase();
    let (length, letters) = outline(&lower);
    let most = |length: usize| 1.max(length.min(word.chars().count()) / 3);
    let mut best: Option<(usize, &str)> = None;
    // Only a name with a smaller distance than this can be the result.
    let mut limit = most(usize::MAX) + 1;
    for name in names {
        let small = if name.bytes().any(|byte| !byte.is_ascii() || byte.is_ascii_uppercase()) {
            Cow::Owned(name.to_lowercase())
        } else {
            Cow::Borrowed(name)
        };
        // There may be thousands of names. Estimate first, because measuring the distance takes much longer.
        let (other_length, others) = outline(&small);
        let at_least = (letters & !others).count_ones().max((others & !letters).count_ones()) as usize;
        if at_least.max(length.abs_diff(other_length)) >= limit {
            continue;
        }
        let distance = strsim::damerau_levenshtein(&lower, &small);
        if distance < limit {
            limit = distance;
            best = Some((distance, name));
        }
    }
    best.filter(|(distance, name)| *distance <= most(name.chars().count())).map(|(_, name)| name)
}

/// Returns the number of characters of a text, and the set of its characters modulo 64. Each edit of the text adds at most one element to the set and
/// removes at most one.
fn outline(text: &str) -> (usize, u64) {
    text.chars().fold((0, 0), |(length, letters), c| (length + 1, letters | 1 << (u32::from(c) % 64)))
}

/// Returns the option that the user probably means by a value at a path.
pub(super) fn value<'a>(word: &str, path: &[Step], options: &[&'a str]) -> Option<&'a str> {
    let tables = keys_of(path).filter_map(|key| SYNONYMS.values.get(key));
    let meant = tables.filter_map(|table| synonym(table, word)).find_map(|meant| find(options, meant));
    meant.or_else(|| nearest(word, options.iter().copied()))
}

/// Returns the help for an unknown key in the mapping at a path. `kind` is the kind of the declaration.
pub(super) fn key(word: &str, path: &[Step], known: &[&str], kind: Option<&str>) -> Option<String> {
    let table = keys_of(path).next().and_then(|mapping| SYNONYMS.keys.get(mapping));
    let meant = table.and_then(|table| synonym(table, word)).and_then(|meant| find(known, meant));
    if let Some(near) = meant.or_else(|| nearest(word, known.iter().copied())) {
        return Some(format!("did you mean `{near}`?"));
    }
    let places = kind.and_then(|kind| ELSEWHERE.get(kind)?.get(word)).filter(|places| places.len() <= PLACES);
    if let Some(places) = places {
        let places: Vec<String> =
            places.iter().filter(|place| !place.is_empty()).map(|place| format!("`{place}`")).collect();
        if !places.is_empty() {
            return Some(format!("`{word}` is a key of {}", places.join(" and of ")));
        }
    }
    (!known.is_empty()).then(|| format!("known keys: {}", known.join(", ")))
}

/// Returns the keys of a path, innermost first.
fn keys_of(path: &[Step]) -> impl Iterator<Item = &str> {
    path.iter().rev().filter_map(|step| match step {
        Step::Key(key) => Some(key.as_str()),
        Step::Index(_) => None,
    })
}

/// Returns the meaning of a word. The parts of the word may be joined by a hyphen, an underscore or a capital letter.
fn synonym<'t>(table: &'t BTreeMap<String, String>, word: &str) -> Option<&'t str> {
    let plain =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let word = plain(word.get(..80.min(word.len()))?);
    table.iter().find(|(key, _)| plain(key) == word).map(|(_, meant)| meant.as_str())
}

fn find<'a>(names: &[&'a str], meant: &str) -> Option<&'a str> {
    names.iter().find(|name| **name == meant).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(path: &[&str]) -> Vec<Step> {
        path.iter().map(|key| Step::Key((*key).to_owned())).collect()
    }

    #[test]
    fn synonyms_mean_values_and_keys_of_the_schema() {
        let table = read().expect("a valid table");
        let blocks = blocks(&DECLARATIONS);
        let keys = || blocks.iter().flat_map(|block| &block.keys);
        for (key, words) in &table.values {
            let values = || keys().filter(|found| found.path.last() == Some(key)).flat_map(|found| &found.values);
            for (word, meant) in words {
                assert!(values().any(|(value, _)| value == meant), "{key}: {meant}");
                // The word may be a valid value of another key with this name, so check only that the word differs from its meaning.
                assert!(word != meant, "{key}: {word}");
            }
        }
        for (mapping, words) in &table.keys {
            for meant in words.values() {
                let has = |block: &&super::super::Block| {
                    let named = |place: &[String]| place.iter().rev().find(|step| *step != "[]") == Some(mapping);
                    block.places.iter().any(|(_, place)| named(place))
                        && block.keys.iter().any(|key| key.path.last() == Some(meant))
                };
                assert!(blocks.iter().any(|block| has(&block)), "{mapping}: {meant}");
            }
        }
    }

    #[test]
    fn a_synonym_is_preferred_to_a_similar_word() {
        let operations = ["create", "update", "disable", "reactivate", "delete"];
        let path = [at(&["spec", "provisioning", "scim", "operations"]), vec![Step::Index(2)]].concat();
        assert_eq!(value("deactivate", &path, &operations), Some("disable"));
        assert_eq!(value("De_Activate", &path, &operations), Some("disable"));
        assert_eq!(value("updte", &path, &operations), Some("update"));
        assert_eq!(value("wait", &path, &operations), None);
        assert_eq!(
            key("baseURL", &at(&["spec", "provisioning", "scim"]), &["endpoint", "auth"], None).as_deref(),
            Some("did you mean `endpoint`?")
        );
    }

    #[test]
    fn a_key_in_the_wrong_mapping_is_shown_at_its_own_path() {
        let help = |word: &str, path: &[&str]| key(word, &at(path), &["a", "b"], Some("App"));
        assert_eq!(help("declareBy", &["metadata"]).as_deref(), Some("`declareBy` is a key of `spec`"));
        assert_eq!(help("toManager", &["spec"]).as_deref(), Some("`toManager` is a key of `spec.lifecycle.transfer`"));
        // This key has many paths.
        assert_eq!(help("owner", &["spec"]).as_deref(), Some("known keys: a, b"));
        assert_eq!(help("wholly-unknown", &["spec"]).as_deref(), Some("known keys: a, b"));
    }

    /// The estimate skips names, but never the nearest name.
    #[test]
    fn the_nearest_name_is_the_first_with_the_least_distance() {
        let exactly = |word: &str, names: &[&'static str]| {
            let lower = word.to_lowercase();
            let all = names.iter().map(|name| (strsim::damerau_levenshtein(&lower, &name.to_lowercase()), *name));
            let least = all.min_by_key(|(distance, _)| *distance);
            let most = |name: &str| 1.max(name.chars().count().min(word.chars().count()) / 3);
            least.filter(|(distance, name)| *distance <= most(name)).map(|(_, name)| name)
        };
        let names = [
            "owner",
            "owners",
            "Owner",
            "tier",
            "title",
            "tear",
            "a",
            "b",
            "ab",
            "ba",
            "aaaa",
            "deprovision",
            "provision",
            "slaHours",
            "straße",
            "strasse",
            "ÄB",
            "müller",
            "muller",
            "@",
            "p",
            "",
        ];
        let words = [
            "ownr",
            "wonre",
            "teir",
            "titel",
            "x",
            "ax",
            "bb",
            "aaa",
            "aaaaaa",
            "deprovsion",
            "SLAHOURS",
            "strase",
            "mülller",
            "äb",
            "`",
            "0",
            "",
            "zzzzzzzz",
            "owner",
            "deprovisionings",
        ];
        let mut state = 7_usize;
        for word in words {
            for from in 0..names.len() {
                // If several names are equally near, the result depends on their order, so several orders are tested.
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let mut some = names[from..].to_vec();
                some.rotate_left((state >> 33) % (names.len() - from));
                assert_eq!(nearest(word, some.iter().copied()), exactly(word, &some), "{word} in {some:?}");
            }
        }
    }
}
