//! Adds a policy folder to `policies` in leaver.yaml without changing any other byte. A file in an unusual style is not edited; instead, leaver
//! prints the lines to add.

use camino::Utf8Path;
use serde_json::{Value, json};

use super::super::common::write_file;
use crate::{
    config::{FILE_NAME, Loaded, parse_as},
    schema,
    source::{Node, SourceFile, Yaml},
};

/// The result of the registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Registered {
    /// leaver.yaml already lists the folder.
    Already,
    /// The file was changed.
    Now {
        /// The path for display.
        file: String,
    },
    /// Lines for the user to add, and an instruction.
    ByHand {
        /// The instruction, as a clause after `next:`.
        instruction: String,
        /// The lines.
        lines: Vec<String>,
    },
}

/// Registers `folder`, a path below the root of the catalogue.
pub(super) fn register(loaded: &Loaded, folder: &Utf8Path) -> Registered {
    let Some(name) = path_in_config(&loaded.root, folder) else {
        return Registered::ByHand {
            instruction: format!(
                "move the folder below `{}`, where leaver.yaml is or will be, and name it under `policies` there, for example",
                loaded.files.show(&loaded.root)
            ),
            lines: vec!["policies: [policies]".into()],
        };
    };
    if loaded.entries.policies.iter().any(|known| normalised(Utf8Path::new(known)) == name) {
        return Registered::Already;
    }
    let path = loaded.root.join(FILE_NAME);
    let Some((file, root)) = &loaded.source else {
        let instruction =
            format!("create `{}` with these lines, so that `leaver check` runs the rule", loaded.files.show(&path));
        return Registered::ByHand {
            instruction,
            lines: vec!["version: 1".into(), format!("policies: [{}]", scalar(&name))],
        };
    };
    let shown = file.path().to_owned();
    let written = edit(file.text(), root, &name)
        .filter(|text| adds_only(text, root, &name))
        .is_some_and(|text| write_file(Utf8Path::new(&shown).as_std_path(), text.as_bytes()).is_ok());
    if written {
        return Registered::Now { file: shown };
    }
    let list: Vec<String> = loaded.entries.policies.iter().chain([&name]).map(|folder| scalar(folder)).collect();
    Registered::ByHand {
        instruction: format!("make this the line of `policies` in `{shown}`, so that `leaver check` runs the rule"),
        lines: vec![format!("policies: [{}]", list.join(", "))],
    }
}

/// Returns the folder as leaver.yaml would list it.
fn path_in_config(root: &Utf8Path, folder: &Utf8Path) -> Option<String> {
    let folder = folder.canonicalize_utf8().ok()?;
    let relative = folder.strip_prefix(root.canonicalize_utf8().ok()?).ok()?;
    let name = normalised(relative);
    (!name.is_empty()).then_some(name)
}

/// Removes `.` from a path and separates its parts by `/`.
fn normalised(path: &Utf8Path) -> String {
    let parts = path.components().map(|part| part.as_str()).filter(|part| *part != ".");
    parts.collect::<Vec<_>>().join("/")
}

/// Writes a folder as YAML, with quotes if necessary.
fn scalar(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.'))
        && crate::source::yaml11(name).is_none()
        && !matches!(name.to_lowercase().as_str(), "null" | "true" | "false");
    if plain { name.to_owned() } else { json!(name).to_string() }
}

/// Adds the folder to the text, if the file is in one of the usual styles.
fn edit(text: &str, root: &Node, name: &str) -> Option<String> {
    let eol = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let line_start = |at: usize| text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let line_end = |at: usize| text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |more| at + more + 1);
    let insert = |at: usize, more: &str| Some(format!("{}{more}{}", text.get(..at)?, text.get(at..)?));
    let insert_line = |at: usize, line: &str| {
        let end = line_end(at);
        // The last line may lack a line break.
        let open = !text.get(..end)?.ends_with('\n');
        insert(end, &if open { format!("{eol}{line}") } else { format!("{line}{eol}") })
    };
    let name = scalar(name);
    let entry = |key: &str| root.entries().iter().find(|entry| &*entry.key == key);
    let Some(policies) = entry("policies") else {
        let version = entry("version")?;
        let start = line_start(version.key_span().start());
        // In a flow mapping, keys are not at the beginning of lines.
        return matches!(text.get(start..version.key_span().start())?, "" | "\u{feff}")
            .then(|| insert_line(version.value.span().start(), &format!("policies: [{name}]")))?;
    };
    let Yaml::List(items) = policies.value.value() else { return None };
    let flow = text.get(policies.value.span().start()..)?.starts_with('[');
    match items.last() {
        Some(last) if flow => insert(last.span().end(), &format!(", {name}")),
        None if flow => insert(policies.value.span().start() + 1, &name),
        Some(last) => {
            let before = text.get(line_start(last.span().start())..last.span().start())?;
            (before.trim() == "-").then(|| insert_line(last.span().start(), &format!("{before}{name}")))?
        }
        None => None,
    }
}

/// Whether a text adds the folder to the earlier content and changes nothing else.
fn adds_only(text: &str, before: &Node, name: &str) -> bool {
    let mut want = Value::from(before);
    let Some(keys) = want.as_object_mut() else { return false };
    match keys.entry("policies").or_insert_with(|| json!([])).as_array_mut() {
        Some(list) => list.push(json!(name)),
        None => return false,
    }
    parse_as::<Value>(SourceFile::new(FILE_NAME, text), &schema::CONFIG).is_ok_and(|now| {
        // The order of keys does not matter.
        let sorted = |value: &Value| {
            value
                .as_object()
                .map(|keys| keys.iter().collect::<std::collections::BTreeMap<_, _>>())
                .map(|keys| format!("{keys:?}"))
        };
        sorted(&now) == sorted(&want)
    })
}
