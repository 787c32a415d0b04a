//! The fuzz target of `leaver observe`.

use std::sync::Arc;

use leaver::{
    observe::{Export, File, FileAction, Options, changes, collect, documents},
    schema::{Declared, declare},
    source::{SourceFile, YamlLimits, parse},
};

/// Reads any bytes as an export. leaver either refuses the export with a message, or writes declarations that are valid and harmless to terminals. A
/// second run changes nothing.
pub fn observe(bytes: &[u8]) {
    if bytes.len() > super::SIZE {
        return;
    }
    let export = Export { shown: "x.json".into(), bytes: bytes.to_vec(), written: None };
    let options = Options { today: "2026-11-25".into(), ..Options::default() };
    let collected = match collect("auto", &[export], options) {
        Ok(collected) => collected,
        Err(failures) => return assert!(failures.iter().all(|failure| !failure.message.is_empty())),
    };
    let file = Arc::new(SourceFile::new("o.yaml", documents(&collected, "evidence-")));
    assert!(file.text().chars().all(|c| c == '\n' || !c.is_control()), "a control character");
    let parsed = parse(&file, &YamlLimits::default());
    assert!(parsed.problems.iter().all(|problem| problem.limit), "leaver reads its own output");
    for document in parsed.documents {
        let Declared::Declaration(_, breaches) = declare(&file, document) else { panic!("not a declaration") };
        assert!(breaches.is_empty(), "{:?}", breaches.first().map(|breach| &breach.message));
    }
    let written = |changes: Vec<FileAction>| -> Vec<File> {
        let file = |change| match change {
            FileAction::Write(file) | FileAction::MarkAbsent(file) => Some(file),
            FileAction::Keep(_) => None,
        };
        changes.into_iter().filter_map(file).collect()
    };
    let first = written(changes(&collected, &[]).expect("an empty folder causes no conflict"));
    assert!(written(changes(&collected, &first).expect("leaver wrote them")).is_empty(), "a second run writes");
}
