//! Reads the sign-off folder: manifests (`NAME.json`), each with its signature (`NAME.json.sig`).

use std::io;

use camino::Utf8Path;
use globset::{Glob, GlobSet};

use super::{MANIFEST_BYTES, SIGNATURE_BYTES};
use crate::{
    files::Workspace,
    report::{Code, Failure},
    source::{Selection, SourceError},
};

/// A manifest as found. Nothing in it is verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artefact {
    /// The path of the manifest below the root of the catalogue, with `/`.
    pub name: String,
    /// The text of the manifest.
    pub text: String,
    /// The text of the signature, or `None` if there is no signature file.
    pub signature: Option<String>,
}

/// Reads all manifests in a folder below `root`. The folder may be missing. Each file that cannot be read is a failure.
pub fn artefacts(files: &Workspace, root: &Utf8Path, folder: &str) -> (Vec<Artefact>, Vec<Failure>) {
    let place = root.join(folder);
    // A folder that exists but cannot be read does not count as missing; the walk reports the reason.
    if files.kind(&place).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
        return (Vec::new(), Vec::new());
    }
    let json = Glob::new("**/*.json").ok().and_then(|glob| GlobSet::builder().add(glob).build().ok());
    let found = files.walk(&place, &Selection { include: json, exclude: None });
    let mut failures: Vec<Failure> = found.errors.iter().map(unreadable).collect();
    let mut artefacts = Vec::new();
    let signatures = found.files.iter().map(|path| format!("{path}.sig").into());
    files.prefetch(&found.files, MANIFEST_BYTES);
    files.prefetch(&signatures.collect::<Vec<_>>(), SIGNATURE_BYTES);
    for path in found.files {
        let signature = Utf8Path::new(&format!("{path}.sig")).to_owned();
        // A link without a target counts as a signature file that cannot be read.
        let signature = match files.kind(&signature) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            _ => files.read(&signature, SIGNATURE_BYTES).map(|file| Some(file.text().to_owned())),
        };
        let name = path.strip_prefix(root).map_or_else(|_| files.show(&path), |path| path.as_str().replace('\\', "/"));
        match (files.read(&path, MANIFEST_BYTES), signature) {
            (Ok(file), Ok(signature)) => artefacts.push(Artefact { name, text: file.text().to_owned(), signature }),
            (file, signature) => failures.extend([file.err(), signature.err()].iter().flatten().map(unreadable)),
        }
    }
    (artefacts, failures)
}

fn unreadable(error: &SourceError) -> Failure {
    let help = match error {
        SourceError::TooLarge { .. } => "no sign-off is that large: delete the file",
        SourceError::NotUtf8 { .. } => "it was changed after signing: restore it, or delete it",
        other => other.help(),
    };
    Failure::new(Code::Signoff, error.to_string()).help(help)
}
