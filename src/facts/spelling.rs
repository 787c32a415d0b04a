//! Names without the variable parts of their spelling. The build uses it, too.

/// A name without case, spaces and punctuation.
pub(crate) fn squeeze(name: &str) -> String {
    name.chars().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric() || *c == '+').collect()
}
