//! Parts of an index that are decoded when they are first read. Most parts are never read, because the evaluation of a rule usually ends at one of
//! its first conditions.

use std::{
    fmt::{Debug, Formatter},
    ops::Deref,
    sync::OnceLock,
};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, Visitor},
    ser,
};

/// A value, or the bytes of a value that was not read yet. If the bytes cannot be decoded, the value is the default; a test makes sure that all bytes
/// can be decoded.
#[derive(Clone, Default)]
pub(crate) struct Later<T> {
    stored: &'static [u8],
    value: OnceLock<T>,
}

impl<T> From<T> for Later<T> {
    fn from(value: T) -> Self {
        Self { stored: &[], value: OnceLock::from(value) }
    }
}

impl<T: Default + Deserialize<'static>> Deref for Later<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        self.value.get_or_init(|| decode(self.stored))
    }
}

impl<T: Default + Deserialize<'static>> Later<T> {
    pub(crate) fn into_inner(self) -> T {
        self.value.into_inner().unwrap_or_else(|| decode(self.stored))
    }
}

fn decode<T: Default + Deserialize<'static>>(stored: &'static [u8]) -> T {
    postcard::from_bytes(stored).unwrap_or_default()
}

impl<T: Default + Deserialize<'static> + PartialEq> PartialEq for Later<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Default + Deserialize<'static> + Debug> Debug for Later<T> {
    fn fmt(&self, to: &mut Formatter<'_>) -> std::fmt::Result {
        (**self).fmt(to)
    }
}

impl<T: Default + Deserialize<'static> + Serialize> Serialize for Later<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes = postcard::to_allocvec(&**self).map_err(<S::Error as ser::Error>::custom)?;
        serializer.serialize_bytes(&bytes)
    }
}

impl<'de: 'static, T> Deserialize<'de> for Later<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = deserializer.deserialize_bytes(Bytes)?;
        Ok(Self { stored, value: OnceLock::new() })
    }
}

/// Borrows the bytes from the input.
struct Bytes;

impl<'de: 'static> Visitor<'de> for Bytes {
    type Value = &'static [u8];

    fn expecting(&self, to: &mut Formatter<'_>) -> std::fmt::Result {
        to.write_str("bytes")
    }

    fn visit_borrowed_bytes<E: Error>(self, bytes: &'de [u8]) -> Result<Self::Value, E> {
        Ok(bytes)
    }
}
