//! The hidden `leaver facts`: generates `data/vendors` from `data/sources`.

use std::{collections::BTreeMap, fs};

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;

use super::super::{
    common::{refuse, usage, write_file},
    style::{self, When},
};
use crate::{facts::generate, report::Failure};

/// Arguments of the hidden `leaver facts`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Facts {
    /// The folder with the tables
    sources: Utf8PathBuf,
    /// The folder to write to; files of products that are gone are removed
    folder: Utf8PathBuf,
}

impl Facts {
    pub(crate) fn run(&self, when: When) -> u8 {
        match read(&self.sources).and_then(|sources| {
            let files = generate(&sources).map_err(|faults| {
                faults
                    .iter()
                    .map(|fault| usage(fault.to_string(), "correct the tables in data/sources"))
                    .collect::<Vec<_>>()
            })?;
            write(&self.folder, &files)
        }) {
            Ok(()) => 0,
            Err(failures) => refuse(&failures, &style::stdout(when)),
        }
    }
}

fn failed(what: &str, path: &Utf8Path, error: &std::io::Error) -> Vec<Failure> {
    vec![usage(format!("cannot {what} `{path}`: {error}"), "choose another folder")]
}

fn read(folder: &Utf8Path) -> Result<BTreeMap<String, String>, Vec<Failure>> {
    let mut sources = BTreeMap::new();
    for entry in folder.read_dir_utf8().map_err(|error| failed("read", folder, &error))? {
        let entry = entry.map_err(|error| failed("read", folder, &error))?;
        if entry.path().extension() == Some("csv") {
            let text = fs::read_to_string(entry.path()).map_err(|error| failed("read", entry.path(), &error))?;
            sources.insert(entry.file_name().to_owned(), text);
        }
    }
    Ok(sources)
}

fn write(folder: &Utf8Path, files: &[(String, String)]) -> Result<(), Vec<Failure>> {
    fs::create_dir_all(folder).map_err(|error| failed("write", folder, &error))?;
    for entry in folder.read_dir_utf8().map_err(|error| failed("read", folder, &error))?.flatten() {
        let gone = !files.iter().any(|(name, _)| name == entry.file_name());
        if gone && entry.path().extension() == Some("json") {
            fs::remove_file(entry.path()).map_err(|error| failed("remove", entry.path(), &error))?;
        }
    }
    for (name, text) in files {
        let path = folder.join(name);
        // Unchanged files keep their modification time. Otherwise, the next build would compile leaver again.
        if fs::read_to_string(&path).is_ok_and(|old| old == *text) {
            continue;
        }
        write_file(path.as_std_path(), text.as_bytes()).map_err(|error| failed("write", &path, &error))?;
    }
    Ok(())
}
