//! Decodes the bytes of an export to JSON values: gzip, byte order marks, UTF-16 as PowerShell writes it, several values in one file, tables,
//! YAML, and HTTP headers before the body.

mod json;
mod powershell;

use std::io::Read;

use flate2::read::MultiGzDecoder;
use serde_json::Value;

use super::{clean, table::table};
use crate::{
    report::{Code, Failure},
    source::{SourceFile, YamlLimits, parse, redact},
};

/// Maximum size of an unpacked export in bytes.
pub const EXPORT_BYTES: usize = 64 * 1024 * 1024;
/// Maximum number of values in an export. Values need many times the memory of their text.
const VALUES: usize = 6_000_000;

/// A whole input file.
#[derive(Debug, Clone)]
pub struct Export {
    /// The path as shown.
    pub shown: String,
    /// The bytes of the file.
    pub bytes: Vec<u8>,
    /// The date of the file's last modification, if known.
    pub written: Option<String>,
}

/// One JSON value of an export.
#[derive(Debug, Clone)]
pub struct Page {
    /// The path of the file as shown.
    pub shown: String,
    /// The index of the value, if the file has several.
    pub document: Option<usize>,
    /// The pointer to the page, if the file contains a list of pages.
    pub within: String,
    /// The value.
    pub value: Value,
    /// The date of the file's last modification, if known.
    pub written: Option<String>,
}

impl Page {
    /// The file name without its folder, mail addresses and secrets.
    pub fn file(&self) -> String {
        let name = self.shown.rsplit(['/', '\\']).next().unwrap_or_default();
        clean::label(name).unwrap_or_else(|| "export".to_owned())
    }
}

/// Files that leaver does not unpack: the first bytes, a description and a help text.
const PACKED: &[(&[u8], &str, &str)] = &[
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook", "unpack the archive; save the workbook as CSV in UTF-8"),
    (b"PK\x05\x06", "an empty ZIP archive", "export it again: the command that wrote it failed"),
    (b"BZh", "a file packed with bzip2", "unpack it; leaver reads gzip"),
    (b"\xfd7zXZ\0", "a file packed with xz", "unpack it; leaver reads gzip"),
    (b"\x28\xb5\x2f\xfd", "a file packed with zstd", "unpack it; leaver reads gzip"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "unpack it"),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook", "save it as CSV in UTF-8"),
    (b"%PDF-", "a PDF", "export JSON or CSV"),
    (b"\x1f\x8b", "a file that is packed with gzip twice", "unpack it"),
];

/// Returns the description and help text for bytes that leaver does not unpack.
fn packed(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    // These bytes are the name of the first file in the archive.
    let is_plan = bytes.starts_with(b"PK\x03\x04") && bytes.get(30..36) == Some(b"tfplan");
    if is_plan {
        return Some(("a saved plan of Terraform", "`terraform show -json FILE` writes the format that leaver reads"));
    }
    let found = PACKED.iter().find(|(magic, ..)| bytes.starts_with(magic)).map(|(_, what, help)| (*what, *help));
    let is_tar = bytes.get(257..262) == Some(b"ustar");
    found.or(is_tar.then_some(("a tar archive", "unpack it, and name the files in it")))
}

/// Splits a text after its HTTP headers, which `curl -D` and `curl -i` write. A proxy adds its own headers before those of the server.
fn headers(text: &str) -> (&str, &str) {
    let mut end = 0;
    while let Some(rest) = text.get(end..).filter(|rest| rest.starts_with("HTTP/")) {
        let blank = ["\r\n\r\n", "\n\n"].into_iter().filter_map(|blank| Some(rest.find(blank)? + blank.len())).min();
        end += blank.unwrap_or(rest.len());
    }
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// Splits a value into pages, because `jq -s` makes one list of all pages.
fn pages_of(value: Value) -> Vec<(String, Value)> {
    let lists = ["value", "items", "users", "groups", "Resources"];
    let has_list = |page: &Value| lists.iter().any(|key| page.get(key).is_some_and(Value::is_array));
    let is_page = |page: &Value| page.is_array() || page.get("observation").is_some() || has_list(page);
    match value {
        Value::Array(pages) if !pages.is_empty() && pages.iter().all(is_page) => {
            pages.into_iter().enumerate().map(|(at, page)| (format!("/{at}"), page)).collect()
        }
        Value::Object(mut map) => match powershell::wrapped_list(&mut map) {
            Some(list) => vec![("/value".to_owned(), list)],
            None => vec![(String::new(), Value::Object(map))],
        },
        value => vec![(String::new(), value)],
    }
}

impl Export {
    fn fail(&self, message: impl std::fmt::Display, help: &str) -> Failure {
        Failure::new(Code::Read, format!("`{}`: {message}", self.shown)).help(help).file(&self.shown)
    }

    /// Reads the HTTP headers and the JSON values of the file. Rejects a truncated or broken export, because its missing part is unknown.
    pub(super) fn read(&self) -> Result<(Option<String>, Vec<Page>), Failure> {
        let bytes = self.unpacked()?;
        let text = self.text(&bytes)?;
        let (headers, body) = headers(text.trim_start_matches('\u{feff}'));
        let headers = (!headers.is_empty()).then(|| headers.to_owned());
        if body.trim().is_empty() && headers.is_some() {
            return Ok((headers, Vec::new()));
        }
        Ok((headers, self.pages(body)?))
    }

    fn pages(&self, text: &str) -> Result<Vec<Page>, Failure> {
        if text.trim().is_empty() {
            return Err(self.fail("it is empty", "export it again: the command that wrote it failed"));
        }
        let is_json = text.trim_start().starts_with(['{', '[']);
        let between: &[u8] = if is_json { b",[{" } else { b",;\t[{" };
        if text.bytes().filter(|byte| between.contains(byte)).count() > VALUES {
            let message = format!("it has more than {VALUES} values");
            return Err(self.fail(message, "split the export into several files, with one page in each"));
        }
        let values = if is_json {
            self.json(text)?
        } else if let Some(rows) = table(text) {
            vec![rows.map_err(|problem| self.fail(problem, "export it again, or save it as CSV in UTF-8 once more"))?]
        } else {
            self.yaml(text)?
        };
        let several = values.len() > 1;
        let mut pages = Vec::new();
        // A separator at the end of a YAML file begins an empty document.
        let stated = values.into_iter().enumerate().filter(|(_, value)| is_json || !value.is_null());
        for (at, value) in stated {
            for (within, value) in pages_of(value) {
                pages.push(Page {
                    shown: self.shown.clone(),
                    document: several.then_some(at),
                    within,
                    value: powershell::with_api_keys(value),
                    written: self.written.clone(),
                });
            }
        }
        Ok(pages)
    }

    fn unpacked(&self) -> Result<Vec<u8>, Failure> {
        let large = || {
            let message = format!("it is larger than {} MiB", EXPORT_BYTES / 1024 / 1024);
            self.fail(message, "split the export into several files, with one page in each")
        };
        let mut bytes = Vec::new();
        if self.bytes.starts_with(&[0x1f, 0x8b]) {
            MultiGzDecoder::new(self.bytes.as_slice()).take(EXPORT_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(
                |error| self.fail(format!("cannot unpack it: {error}"), "export it again: the file may be cut off"),
            )?;
        } else {
            bytes.clone_from(&self.bytes);
        }
        if bytes.len() > EXPORT_BYTES {
            return Err(large());
        }
        match packed(&bytes) {
            Some((what, help)) => Err(self.fail(format!("it is {what}"), help)),
            None => Ok(bytes),
        }
    }

    fn text(&self, bytes: &[u8]) -> Result<String, Failure> {
        let wide = |bytes: &[u8], order: fn([u8; 2]) -> u16| {
            let units = bytes.chunks(2).map(|pair| match pair {
                [one, two] => order([*one, *two]),
                // Half a character at the end is invalid.
                _ => 0xd800,
            });
            char::decode_utf16(units).collect::<Result<String, _>>().map_err(drop)
        };
        let text = match bytes {
            [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
            [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
            // This is UTF-16 without a byte order mark, because no export in UTF-8 has a NUL among the first two bytes.
            [1..=0xff, 0, ..] => wide(bytes, u16::from_le_bytes),
            [0, 1..=0xff, ..] => wide(bytes, u16::from_be_bytes),
            _ => String::from_utf8(bytes.to_vec()).map_err(drop),
        };
        text.map_err(|()| {
            let help = if bytes.contains(&0) {
                "name a file in JSON, which may be packed with gzip"
            } else {
                "save it in UTF-8: it is text in an older encoding, such as Windows-1252"
            };
            self.fail("it is neither UTF-8 nor UTF-16 text", help)
        })
    }

    fn json(&self, text: &str) -> Result<Vec<Value>, Failure> {
        json::values(text).map_err(|error| {
            if error.is_data() {
                return self.fail(error, "export it again: two values for one key are ambiguous");
            }
            let help = if error.is_eof() {
                "the file is cut off: export it again"
            } else if error.to_string().starts_with("recursion") {
                "no export of a known system is nested so deeply"
            } else {
                "it must be JSON: one value, or several concatenated ones"
            };
            // The message of the parser is safe to show, because it never quotes the text.
            self.fail(format!("it is not valid JSON: {}", redact(&error.to_string())), help)
        })
    }

    fn yaml(&self, text: &str) -> Result<Vec<Value>, Failure> {
        let limits = YamlLimits::default();
        let help = "pass an export in JSON, optionally compressed with gzip; only Backstage entities may be YAML";
        let start = text.trim_start().get(..5).unwrap_or_default().to_ascii_lowercase();
        if start.starts_with('<') {
            let what = if start == "<?xml" { "an XML document" } else { "a web page, such as a sign-in page" };
            return Err(self.fail(format!("it is not JSON but {what}"), help));
        }
        if text.len() > 1024 * 1024 {
            return Err(self.fail("it is not JSON", help));
        }
        let file = SourceFile::new(self.shown.as_str(), text);
        let parsed = parse(&file, &limits);
        if let Some(problem) = parsed.problems.first() {
            let line = file.point(problem.span.start()).line;
            return Err(self.fail(format!("it is neither JSON nor YAML (line {line})"), help));
        }
        let values: Vec<Value> = parsed.documents.iter().map(|document| Value::from(&document.root)).collect();
        if !values.iter().any(|value| value.is_object() || value.is_array()) {
            return Err(self.fail("it is not JSON", help));
        }
        Ok(values)
    }
}
