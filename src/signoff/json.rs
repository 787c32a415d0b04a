//! Parses JSON and refuses duplicate keys. Parsers disagree on which of the two values counts, so two readers could see different signed content.

use std::{cell::Cell, fmt};

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value};

/// Maximum number of lists and mappings in one text. A manifest of a thousand large apps has fewer. Without this limit, a file within the byte limit
/// could have a million lists, and even empty lists need memory.
const CONTAINERS: usize = 200_000;

/// Parses one JSON text.
pub(super) fn parse(text: &str) -> Result<Value, serde_json::Error> {
    let left = Cell::new(CONTAINERS);
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Reader(&left).deserialize(&mut reader)?;
    reader.end().map(|()| value)
}

/// Parses a value and counts down the lists and mappings that are still allowed.
#[derive(Clone, Copy)]
struct Reader<'a>(&'a Cell<usize>);

impl Reader<'_> {
    fn count_container<E: Error>(self) -> Result<(), E> {
        let left = self.0.get().checked_sub(1);
        self.0.set(left.ok_or_else(|| E::custom(format!("it has more than {CONTAINERS} lists and mappings")))?);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number that is not finite"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        self.count_container()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        self.count_container()?;
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(self)?;
            if map.contains_key(&key) {
                return Err(A::Error::custom(format!("the key `{key}` appears twice")));
            }
            map.insert(key, value);
        }
        Ok(map.into())
    }
}

#[cfg(test)]
mod tests {
    use super::{CONTAINERS, parse};

    #[test]
    fn lists_and_mappings_are_limited() {
        let text = |count: usize| format!("[{}{{}}]", "[],".repeat(count - 2));
        assert!(parse(&text(CONTAINERS)).is_ok());
        let error = parse(&text(CONTAINERS + 1)).expect_err("one too many").to_string();
        assert!(error.starts_with("it has more than 200000 lists and mappings at line 1"), "{error}");
        assert!(parse("[] []").is_err());
    }

    #[test]
    fn values_equal_those_of_serde_json() {
        let text = r#"{"a": [-1, 1, 1.5, -9223372036854775808, 18446744073709551615], "b": {"c": null, "d": true, "e": "\u00e9"}}"#;
        assert_eq!(parse(text).ok(), serde_json::from_str(text).ok());
    }

    #[test]
    fn a_duplicate_key_is_refused_at_any_depth() {
        assert!(parse(r#"{"a": [{"b": 1, "c": -1.5}], "d": null}"#).is_ok());
        for twice in [r#"{"a": 1, "a": 1}"#, r#"{"a": [{"b": 1, "b": 2}]}"#, r#"{"a": 1, "\u0061": 2}"#] {
            assert!(parse(twice).is_err_and(|error| error.to_string().contains("appears twice")), "{twice}");
        }
    }
}
