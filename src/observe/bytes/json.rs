//! Parses JSON and refuses duplicate keys. RFC 8259 does not define which of two values counts, and a parser that uses the last value hides the first
//! value from reviewers.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::observe::clean;

/// Parses all values of a text.
pub(super) fn values(text: &str) -> Result<Vec<Value>, serde_json::Error> {
    serde_json::Deserializer::from_str(text)
        .into_iter::<Unique>()
        .map(|value| value.map(|Unique(value)| value))
        .collect()
}

struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UniqueVisitor).map(Self)
    }
}

struct UniqueVisitor;

impl<'de> Visitor<'de> for UniqueVisitor {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Unique(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some((key, Unique(value))) = entries.next_entry::<String, Unique>()? {
            // Keys may name people, so only plain words are quoted.
            let word = || clean::word(&key).map(|word| format!(" `{word}`")).unwrap_or_default();
            if map.contains_key(&key) {
                return Err(A::Error::custom(format!("the key{} occurs twice in one object", word())));
            }
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_equal_those_of_serde_json() {
        for text in [
            r#"{"a": [1, -2, 3.5, 1e400, 18446744073709551615, true, null, "ä\u0000"], "b": {"a": {}}, "": []}"#,
            "[]",
            "\"x\"",
            "{} [1]\n{\"a\": 1}",
            "{\"a\": 1",
            "{\"a\" 1}",
            "[1,]",
        ] {
            let theirs: Result<Vec<Value>, _> = serde_json::Deserializer::from_str(text).into_iter().collect();
            assert_eq!(values(text).map_err(|error| error.to_string()), theirs.map_err(|error| error.to_string()));
        }
    }

    #[test]
    fn a_key_that_occurs_twice_is_an_error_at_any_depth() {
        for text in [
            r#"{"a": 1, "a": 1}"#,
            r#"[{"b": {"a": 1, "c": 2, "\u0061": 3}}]"#,
            r#"{"a": 1} {"a": {"a": null, "a": null}}"#,
        ] {
            let error = values(text).expect_err(text);
            assert!(error.is_data() && error.to_string().starts_with("the key `a` occurs twice"), "{error}");
        }
        let error = values(r#"{"ada@example.com": 1, "ada@example.com": 1}"#).expect_err("twice").to_string();
        assert!(error.starts_with("the key occurs twice") && !error.contains("ada"), "{error}");
        assert!(values(r#"[{"a": 1}, {"a": {"a": 1}}]"#).is_ok());
    }
}
