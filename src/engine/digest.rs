//! Computes digests of values. With a collision, a value would get the findings of another value. The hash is cryptographic, because the author of a
//! change controls the values.

use sha2::{Digest as _, Sha256};

use crate::source::{Node, Yaml};

/// Identifies a value.
pub(super) type Digest = [u8; 32];

/// Collects the parts of a digest. The length comes before each part, so that different lists of parts never have the same bytes.
#[derive(Default)]
pub(super) struct Parts(Vec<u8>);

impl Parts {
    pub(super) fn add(&mut self, part: &[u8]) -> &mut Self {
        self.0.extend((part.len() as u64).to_le_bytes());
        self.0.extend(part);
        self
    }

    pub(super) fn digest(&self) -> Digest {
        Sha256::digest(&self.0).into()
    }
}

/// The digest of the values in a tree, without their places, which rules do not see.
pub(super) fn value_digest(root: &Node) -> Digest {
    let mut bytes = Vec::with_capacity(4096);
    encode(root, &mut bytes);
    Sha256::digest(&bytes).into()
}

fn encode(node: &Node, out: &mut Vec<u8>) {
    let text = |tag: u8, text: &str, out: &mut Vec<u8>| {
        out.push(tag);
        out.extend((text.len() as u64).to_le_bytes());
        out.extend(text.as_bytes());
    };
    match node.value() {
        Yaml::Null => out.push(0),
        Yaml::Bool(value) => out.extend([1, u8::from(*value)]),
        Yaml::Int(value) => {
            out.push(2);
            out.extend(value.to_le_bytes());
        }
        Yaml::Float(value) => {
            out.push(3);
            out.extend(value.to_bits().to_le_bytes());
        }
        Yaml::Text(value) => text(4, value, out),
        Yaml::List(items) => {
            out.push(5);
            out.extend((items.len() as u64).to_le_bytes());
            for item in items.iter() {
                encode(item, out);
            }
        }
        Yaml::Map(entries) => {
            out.push(6);
            out.extend((entries.len() as u64).to_le_bytes());
            for entry in entries.iter() {
                text(4, &entry.key, out);
                encode(&entry.value, out);
            }
        }
    }
}
