//! Computes the same line fingerprint as GitHub's upload action: a hash of the first 100 UTF-16 units from the start of the line, without blanks.
//! Without this fingerprint, the upload action prints a warning, and uploads without the action have no fingerprint.

use std::collections::BTreeMap;

const BLOCK: usize = 100;
const FACTOR: u64 = 37;
const END_OF_FILE: u64 = 65535;

/// Returns `hash:n` for each line of the text; `n` numbers equal hashes.
pub(super) fn line_hashes(text: &str) -> Vec<String> {
    let mut units = Vec::with_capacity(text.len() + 1);
    let mut starts = Vec::new();
    let mut at_start = true;
    let mut after_return = false;
    for unit in text.encode_utf16().map(u64::from).chain([END_OF_FILE]) {
        let skip = unit == u64::from(b' ') || unit == u64::from(b'\t') || (after_return && unit == u64::from(b'\n'));
        after_return = !skip && unit == u64::from(b'\r');
        if skip {
            continue;
        }
        if at_start {
            starts.push(units.len());
        }
        at_start = unit == u64::from(b'\n') || unit == u64::from(b'\r');
        units.push(if at_start { u64::from(b'\n') } else { unit });
    }
    let mut seen: BTreeMap<u64, usize> = BTreeMap::new();
    let hash = |start: usize| {
        let block = units.iter().skip(start).chain(std::iter::repeat(&0)).take(BLOCK);
        block.fold(0_u64, |hash, unit| hash.wrapping_mul(FACTOR).wrapping_add(*unit))
    };
    let numbered = |hash: u64| {
        let count = seen.entry(hash).or_default();
        *count += 1;
        format!("{hash:x}:{count}")
    };
    starts.into_iter().map(hash).map(numbered).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_match_the_upload_action() {
        assert_eq!(line_hashes(""), ["c129715d7a2bc9a3:1"]);
        let hashes = line_hashes(" a\nb\n  \t\tc\n d");
        assert_eq!(hashes[..2], ["271789c17abda88f:1", "54703d4cd895b18:1"]);
        assert_eq!(hashes, line_hashes(" a\r\nb\r\n  \t\tc\r\n d"));
        assert_eq!(hashes.len(), 4);
    }
}
