//! Normalises names for comparison. The build script uses it too.

/// The name in lower case, without spaces and punctuation.
pub(crate) fn without_separators(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    plain.extend(name.chars().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric() || *c == '+'));
    plain
}
