//! Decodes the bytes of an export to JSON values: gzip, byte order marks, UTF-16 as PowerShell writes it, several values in one file, and
//! YAML.

use std::io::Read;

use flate2::read::MultiGzDecoder;
use serde_json::Value;

use crate::{
    report::{Code, Failure},
    source::{SourceFile, YamlLimits, parse, redact},
};

/// Maximum size of an unpacked export in bytes.
pub const EXPORT_BYTES: usize = 64 * 1024 * 1024;
/// Maximum number of values in an export: they need many times the memory of their text.
const VALUES: usize = 6_000_000;

/// A whole input file.
#[derive(Debug, Clone)]
pub struct Export {
    /// The path as shown.
    pub shown: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The date of its last modification, if known.
    pub written: Option<String>,
}

/// One JSON value of an export.
#[derive(Debug, Clone)]
pub struct Page {
    /// The path of the file as shown.
    pub shown: String,
    /// The index of the value, if the file has several.
    pub document: Option<usize>,
    /// The value.
    pub value: Value,
    /// The date of the file's last modification, if known.
    pub written: Option<String>,
}

impl Page {
    /// The file name without its folder, mail addresses and secrets.
    pub fn file(&self) -> String {
        let name = self.shown.rsplit(['/', '\\']).next().unwrap_or_default();
        super::clean::label(name).unwrap_or_else(|| "export".to_owned())
    }
}

/// A table with a header, such as GAM writes it, as a list of objects; `None` if the number of fields differs between lines.
fn table(text: &str) -> Option<Value> {
    let head = text.lines().next()?;
    if !head.contains(',') || head.contains([':', '{', '[']) {
        return None;
    }
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head = reader.headers().ok()?.clone();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.ok()?;
        let row: serde_json::Map<String, Value> =
            head.iter().zip(record.iter()).map(|(key, value)| (key.to_owned(), Value::from(value))).collect();
        rows.push(Value::Object(row));
    }
    Some(Value::Array(rows))
}

impl Export {
    fn fail(&self, message: impl std::fmt::Display, help: &str) -> Failure {
        Failure::new(Code::Read, format!("`{}`: {message}", self.shown)).help(help).about(&self.shown)
    }

    /// The text of a file of HTTP headers, as `curl -D` writes it.
    pub(super) fn headers(&self) -> Option<&str> {
        let text = std::str::from_utf8(&self.bytes).ok()?;
        text.starts_with("HTTP/").then_some(text)
    }

    /// The JSON values of the file. A truncated or broken export is rejected: nobody knows what it lacks.
    pub fn pages(&self) -> Result<Vec<Page>, Failure> {
        let bytes = self.unpacked()?;
        let text = self.text(&bytes)?;
        let text = text.trim_start_matches('\u{feff}');
        if text.trim().is_empty() {
            return Err(self.fail("it is empty", "export it again: the command that wrote it failed"));
        }
        if text.bytes().filter(|byte| matches!(byte, b',' | b'[' | b'{')).count() > VALUES {
            let message = format!("it has more than {VALUES} values");
            return Err(self.fail(message, "split the export into several files, a page each"));
        }
        let values = if text.trim_start().starts_with(['{', '[']) {
            self.json(text)?
        } else if let Some(rows) = table(text) {
            vec![rows]
        } else {
            self.yaml(text)?
        };
        let several = values.len() > 1;
        let page = |(at, value)| Page {
            shown: self.shown.clone(),
            document: several.then_some(at),
            value,
            written: self.written.clone(),
        };
        Ok(values.into_iter().enumerate().map(page).collect())
    }

    fn unpacked(&self) -> Result<Vec<u8>, Failure> {
        let large = || {
            let message = format!("it is larger than {} MiB", EXPORT_BYTES / 1024 / 1024);
            self.fail(message, "split the export into several files, a page each")
        };
        if !self.bytes.starts_with(&[0x1f, 0x8b]) {
            return if self.bytes.len() > EXPORT_BYTES { Err(large()) } else { Ok(self.bytes.clone()) };
        }
        let mut bytes = Vec::new();
        MultiGzDecoder::new(self.bytes.as_slice())
            .take(EXPORT_BYTES as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| self.fail(format!("cannot unpack it: {error}"), "is the file cut off? export it again"))?;
        if bytes.len() > EXPORT_BYTES { Err(large()) } else { Ok(bytes) }
    }

    fn text(&self, bytes: &[u8]) -> Result<String, Failure> {
        let wide = |order: fn([u8; 2]) -> u16| {
            let units = bytes.chunks(2).skip(1).map(|pair| match pair {
                [one, two] => order([*one, *two]),
                // An incomplete character.
                _ => 0xd800,
            });
            char::decode_utf16(units).collect::<Result<String, _>>().map_err(drop)
        };
        let text = match bytes {
            [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
            [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
            _ => String::from_utf8(bytes.to_vec()).map_err(drop),
        };
        text.map_err(|()| {
            self.fail("it is neither UTF-8 nor UTF-16 text", "name a file in JSON, also packed with gzip")
        })
    }

    fn json(&self, text: &str) -> Result<Vec<Value>, Failure> {
        let mut values = Vec::new();
        for value in serde_json::Deserializer::from_str(text).into_iter::<Value>() {
            values.push(value.map_err(|error| {
                let help = if error.is_eof() {
                    "the file is cut off: export it again"
                } else if error.to_string().starts_with("recursion") {
                    "no export of a known system is nested so deeply"
                } else {
                    "it must be JSON: one value, or several behind each other"
                };
                // The parser's own message: it never quotes the text.
                self.fail(format!("it is no valid JSON: {}", redact(&error.to_string())), help)
            })?);
        }
        Ok(values)
    }

    fn yaml(&self, text: &str) -> Result<Vec<Value>, Failure> {
        let limits = YamlLimits::default();
        let help = "name an export in JSON, packed with gzip or not; only Backstage entities may be YAML";
        if text.len() > 1024 * 1024 {
            return Err(self.fail("it is no JSON", help));
        }
        let file = SourceFile::new(self.shown.as_str(), text);
        let parsed = parse(&file, &limits);
        if let Some(problem) = parsed.problems.first() {
            let line = file.point(problem.span.start()).line;
            return Err(self.fail(format!("it is neither JSON nor YAML (line {line})"), help));
        }
        let values: Vec<Value> = parsed.documents.iter().map(|document| Value::from(&document.root)).collect();
        if !values.iter().any(|value| value.is_object() || value.is_array()) {
            return Err(self.fail("it is no JSON", help));
        }
        Ok(values)
    }
}
