//! Finds likely meanings of a mistyped text: texts with the same beginning.

use std::collections::{BTreeMap, BTreeSet};

use regorus::Value;

/// Minimum length of a beginning, in characters.
const MIN_LENGTH: usize = 2;
/// Maximum length of a beginning, in characters, as in `words.alike`.
const MAX_LENGTH: usize = 40;
/// Maximum number of texts with one beginning. A mistyped text is compared with each of these texts.
const MAX_TEXTS: usize = 20;

/// Groups texts by their beginnings; each text is in at most one group. A beginning is as short as `MAX_TEXTS` allows, because a mistyped text often
/// differs after a few characters. If more than `MAX_TEXTS` texts share a beginning of `MAX_LENGTH` characters, these texts are left out.
pub(super) fn by_start<'a>(texts: impl Iterator<Item = &'a str>) -> BTreeMap<String, Vec<&'a str>> {
    let mut starts = BTreeMap::new();
    split(texts.collect::<BTreeSet<_>>().into_iter().collect(), MIN_LENGTH, &mut starts);
    starts
}

fn split<'a>(texts: Vec<&'a str>, length: usize, starts: &mut BTreeMap<String, Vec<&'a str>>) {
    let mut alike: BTreeMap<String, Vec<&'a str>> = BTreeMap::new();
    for text in texts {
        alike.entry(text.chars().take(length).collect()).or_default().push(text);
    }
    for (start, texts) in alike {
        if texts.len() <= MAX_TEXTS {
            // A text that is shorter than `length` is the only text in its group.
            starts.insert(start, texts);
        } else if length < MAX_LENGTH {
            split(texts, length + 1, starts);
        }
    }
}

/// The result of [`by_start`] as a value for rules.
pub(super) fn value<'a>(texts: impl Iterator<Item = &'a str>) -> Value {
    let starts = by_start(texts).into_iter().map(|(start, texts)| {
        let texts: Vec<Value> = texts.into_iter().map(Value::from).collect();
        (Value::from(start), Value::from(texts))
    });
    Value::from(starts.collect::<BTreeMap<_, _>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks up texts in the same way as `words.alike`.
    fn alike<'a>(word: &str, starts: &BTreeMap<String, Vec<&'a str>>) -> Vec<&'a str> {
        let lengths = MIN_LENGTH..=word.chars().count().clamp(MIN_LENGTH, MAX_LENGTH);
        let starts = lengths.filter_map(|length| starts.get(&word.chars().take(length).collect::<String>()));
        starts.flatten().copied().collect()
    }

    fn texts(start: &str, end: &str, count: usize) -> Vec<String> {
        (0..count).map(|nth| format!("{start}{nth:03}{end}")).collect()
    }

    #[test]
    fn the_nearest_text_is_compared_however_many_share_its_beginning() {
        for (others, meant, mistyped) in [
            (texts("ok", "", 10), "okta", "oktta"),
            (texts("ok", "", 400), "okta", "oktta"),
            (texts("okta-", "", 400), "okta-zebra", "okta-zebar"),
            (texts("a-team-with-a-name-", "", 400), "a-team-with-a-name-payroll", "a-team-with-a-name-payrol"),
            (texts("ä", "", 400), "äpfel", "äpfle"),
            // This text is a prefix of the other texts.
            (texts("okta", "", 400), "okta", "oktax"),
        ] {
            let starts = by_start(others.iter().map(String::as_str).chain([meant]));
            let found = alike(mistyped, &starts);
            assert!(found.contains(&meant), "{mistyped}: {found:?}");
            assert!(found.len() <= 2 * MAX_TEXTS, "{mistyped}: {} texts", found.len());
        }
    }

    #[test]
    fn groups_with_one_beginning_are_complete_or_omitted() {
        for count in [1, MAX_TEXTS, MAX_TEXTS + 1, 150] {
            let same = format!("{}-", "x".repeat(MAX_LENGTH));
            let all =
                [texts("okta-", "", count), texts(&same, "", count), vec!["o".to_owned(), String::new()]].concat();
            let starts = by_start(all.iter().map(String::as_str).chain(["okta-000"]));
            for (start, texts) in &starts {
                let begin = all.iter().filter(|text| text.starts_with(start.as_str())).count();
                let whole = start.chars().count() >= MIN_LENGTH && !all.contains(start);
                assert!(!whole || texts.len() == begin, "{count}: {start}: {} of {begin}", texts.len());
                assert!(texts.len() <= MAX_TEXTS, "{count}: {start}: {}", texts.len());
            }
            let kept: usize = starts.values().map(Vec::len).sum();
            assert_eq!(kept, 2 + count + if count <= MAX_TEXTS { count } else { 0 });
        }
    }
}
