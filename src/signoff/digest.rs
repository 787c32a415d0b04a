//! Content digests: SHA-256 over a domain tag and the RFC 8785 form of the parsed declaration. Comments, key order and quoting do not affect the
//! digest; every value does. `docs/signoff-vectors.json` has test vectors.

use serde_json::Value;
use sha2::{Digest, Sha256};

/// Domain tag for apps, so that no other kind of content has the same digest.
pub const APP_TAG: &str = "leaver-app/v1\n";
/// The greatest integer that every JSON reader reads exactly (RFC 7493, 2.2).
const MAX_EXACT: u64 = (1 << 53) - 1;

/// Why content has no digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DigestError {
    /// A number without an exact form. Two different numbers could otherwise have the same digest.
    #[error("the number {0} has no exact form in JSON (RFC 7493: at most 9007199254740991)")]
    Number(String),
    /// The canonical form cannot be written.
    #[error("the canonical form cannot be written: {0}")]
    Form(String),
}

/// Writes a value in the form of RFC 8785.
pub fn canonical(value: &Value) -> Result<String, DigestError> {
    check_exact(value)?;
    serde_json_canonicalizer::to_string(value).map_err(|error| DigestError::Form(error.to_string()))
}

/// Computes SHA-256 over `tag` and the RFC 8785 form of a value, in lower-case hex.
pub fn digest(tag: &str, value: &Value) -> Result<String, DigestError> {
    let mut hash = Sha256::new();
    hash.update(tag.as_bytes());
    hash.update(canonical(value)?.as_bytes());
    Ok(hex(&hash.finalize()))
}

/// Computes SHA-256 over bytes, in lower-case hex.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn check_exact(value: &Value) -> Result<(), DigestError> {
    match value {
        Value::Number(number) => {
            let whole = number.as_i64().map(i64::unsigned_abs).or_else(|| number.as_u64());
            match whole {
                Some(whole) if whole > MAX_EXACT => Err(DigestError::Number(number.to_string())),
                _ => Ok(()),
            }
        }
        Value::Array(items) => items.iter().try_for_each(check_exact),
        Value::Object(fields) => fields.values().try_for_each(check_exact),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Uses the examples of RFC 8785: sections 3.2.2 and 3.2.3, and appendix B with numbers as IEEE 754 bits.
    #[test]
    fn canonical_form_matches_the_examples_of_rfc_8785() {
        let input: Value = serde_json::from_str(
            r#"{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}"#,
        )
        .expect("JSON");
        assert_eq!(
            canonical(&input).expect("a canonical form"),
            "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}"
        );
        let keys = json!({"\u{20ac}": 1, "\r": 2, "\u{fb33}": 3, "1": 4, "\u{1f600}": 5, "\u{80}": 6, "\u{f6}": 7});
        assert_eq!(
            canonical(&keys).expect("a canonical form"),
            "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"\u{f6}\":7,\"\u{20ac}\":1,\"\u{1f600}\":5,\"\u{fb33}\":3}"
        );
        for (bits, text) in [
            (0x0000_0000_0000_0000_u64, "0"),
            (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
            (0x41b3_de43_5555_5553, "333333333.3333332"),
            (0x41b3_de43_5555_5554, "333333333.33333325"),
            (0x41b3_de43_5555_5555, "333333333.3333333"),
            (0x41b3_de43_5555_5556, "333333333.3333334"),
            (0x41b3_de43_5555_5557, "333333333.33333343"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
        ] {
            assert_eq!(canonical(&json!(f64::from_bits(bits))).as_deref(), Ok(text), "{bits:x}");
        }
    }

    #[test]
    fn a_number_that_is_not_exact_has_no_digest() {
        assert!(digest(APP_TAG, &json!({"a": [9_007_199_254_740_991_i64]})).is_ok());
        assert!(digest(APP_TAG, &json!({"a": [9_007_199_254_740_992_i64]})).is_err());
        assert!(digest(APP_TAG, &json!(i64::MIN)).is_err());
    }
}
