//! Finds and reads `leaver.yaml` and profiles, and validates them against their schemas.

use std::{collections::BTreeMap, sync::Arc};

use camino::{Utf8Path, Utf8PathBuf};
use include_dir::{Dir, include_dir};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    ConfigError, FILE_NAME,
    error::to_failures,
    file::{ConfigFile, ProfileFile},
    names::misnamed_above,
};
use crate::{
    files::{Workspace, built_in_text},
    report::Failure,
    schema::{self, BreachKind, Shape},
    source::{Node, Place, SourceFile, YamlLimits, parse},
};

static PROFILE_DIR: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/data/profiles");

/// The names of the bundled profiles: the files of `data/profiles`.
pub fn profiles() -> Vec<&'static str> {
    let mut names: Vec<&str> = PROFILE_DIR.files().filter_map(|file| file.path().file_stem()?.to_str()).collect();
    names.sort_unstable();
    names
}

/// A configuration file and its content.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The files from which the configuration was read.
    pub files: Workspace,
    /// The content of the configuration; empty if there is no file.
    pub entries: ConfigFile,
    /// The root of the catalogue.
    pub root: Utf8PathBuf,
    /// The file with its spans, if there is one.
    pub source: Option<(Arc<SourceFile>, Node)>,
}

impl Loaded {
    /// The result if there is no configuration. The root of the catalogue is then `start`.
    pub(crate) fn without_file(files: &Workspace, start: &Utf8Path) -> Self {
        Self { files: files.clone(), entries: ConfigFile::default(), root: start.to_owned(), source: None }
    }

    /// The place of a value, such as `rules` / `jit/no-update-owner` / `severity`.
    pub(crate) fn place(&self, path: &[&str]) -> Option<Place> {
        let (file, node) = self.source.as_ref()?;
        let steps: Vec<crate::finding::Step> =
            path.iter().map(|key| crate::finding::Step::Key((*key).to_owned())).collect();
        Some(Place { file: Arc::clone(file), span: node.locate(&steps).span })
    }
}

/// Reads the configuration for `start`: the file `explicit`, or the nearest `leaver.yaml` in or above the folder. If there is no configuration, the
/// root of the catalogue is `start`.
pub fn discover(files: &Workspace, start: &Utf8Path, explicit: Option<&Utf8Path>) -> Result<Loaded, Vec<Failure>> {
    let folder = if files.is_file(start) {
        start.parent().filter(|parent| !parent.as_str().is_empty()).unwrap_or(Utf8Path::new("."))
    } else {
        start
    };
    if explicit.is_none() {
        let misnamed = misnamed_above(files, folder);
        if !misnamed.is_empty() {
            return Err(to_failures(misnamed));
        }
    }
    let Some(path) = explicit.map(Utf8Path::to_owned).or_else(|| files.find_upwards(folder, FILE_NAME)) else {
        return Ok(Loaded::without_file(files, start));
    };
    let (entries, file, node): (ConfigFile, _, _) = read_as(files, &path, &schema::CONFIG).map_err(to_failures)?;
    let parent = path.parent().filter(|parent| !parent.as_str().is_empty()).unwrap_or(Utf8Path::new("."));
    let root = files
        .canonical(parent)
        .map_err(|error| vec![ConfigError::new(format!("cannot open the folder of `{path}`: {error}")).into()])?;
    Ok(Loaded { files: files.clone(), entries, root, source: Some((file, node)) })
}

/// Like [`discover`], but ignores files above `top`, because they belong to somebody else.
pub fn discover_below(files: &Workspace, start: &Utf8Path, top: &Utf8Path) -> Result<Loaded, Vec<Failure>> {
    let top = files.canonical(top).unwrap_or_else(|_| top.to_owned());
    let found = files.find_upwards(start, FILE_NAME).filter(|path| path.starts_with(top));
    match found {
        Some(path) => discover(files, start, Some(&path)),
        None => Ok(Loaded::without_file(files, start)),
    }
}

/// Loads a bundled profile by its name, or another profile by its path relative to `root`. Also returns the profiles that the loaded profile extends,
/// base first. If the `source` of a rule is a key of `sources`, the text of this key replaces it.
pub fn load_profile(files: &Workspace, name: &str, root: &Utf8Path) -> Result<Vec<ProfileFile>, Vec<ConfigError>> {
    let mut chain: Vec<ProfileFile> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    let mut next = Some((name.to_owned(), None));
    while let Some((name, place)) = next.take() {
        let at = |errors: Vec<ConfigError>| -> Vec<ConfigError> {
            let placed = |error: ConfigError| {
                let place = error.place.clone().or_else(|| place.clone());
                error.at(place)
            };
            errors.into_iter().map(placed).collect()
        };
        names.push(normalised(&name));
        if names.iter().filter(|other| **other == normalised(&name)).count() > 1 {
            let cycle = format!("profile `{name}` extends itself: {}", names.join(" → "));
            return Err(at(vec![ConfigError::new(cycle).help("remove one `extends` from the cycle")]));
        }
        if chain.len() > MAX_EXTENDS {
            let error = ConfigError::new(format!("the chain of `extends` to profile `{name}` is too long"));
            return Err(at(vec![error.help(format!("`extends` may be at most {MAX_EXTENDS} levels deep"))]));
        }
        let (profile, file, node) = read_profile(files, &name, root).map_err(at)?;
        next = profile.extends.clone().map(|above| {
            let span = node.locate(&[crate::finding::Step::Key("extends".to_owned())]).span;
            (above, Some(Place { file, span }))
        });
        chain.push(profile);
    }
    chain.reverse();
    let mut sources = BTreeMap::new();
    for profile in &mut chain {
        sources.append(&mut profile.sources);
        for source in profile.rules.values_mut().filter_map(|entry| entry.source.as_mut()) {
            if let Some(text) = sources.get(source) {
                source.clone_from(text);
            }
        }
    }
    Ok(chain)
}

/// Maximum length of a chain of `extends`.
const MAX_EXTENDS: usize = 4;

/// Normalises a name or path, so that two spellings of the same file are equal.
fn normalised(name: &str) -> String {
    let parts = Utf8Path::new(name).components().filter(|part| !matches!(part, camino::Utf8Component::CurDir));
    parts.collect::<Utf8PathBuf>().into_string()
}

fn read_profile(
    files: &Workspace,
    name: &str,
    root: &Utf8Path,
) -> Result<(ProfileFile, Arc<SourceFile>, Node), Vec<ConfigError>> {
    if let Some(text) = PROFILE_DIR.get_file(format!("{name}.yaml")).and_then(include_dir::File::contents_utf8) {
        let text = built_in_text(&format!("data/profiles/{name}.yaml"), text);
        return parse_with_spans(SourceFile::new(format!("built-in/profiles/{name}.yaml"), text), &schema::PROFILE);
    }
    if !name.contains(['/', '.']) {
        let near = crate::schema::nearest(name, profiles()).map(|near| format!("did you mean `{near}`?"));
        let help = near.unwrap_or_else(|| {
            format!("bundled profiles are {}; name your own profile by its path", profiles().join(", "))
        });
        return Err(vec![ConfigError::new(format!("there is no profile `{name}`")).help(help)]);
    }
    let path = path_in_catalogue(root, name).map_err(|error| vec![error])?;
    read_as(files, &path, &schema::PROFILE)
}

/// Converts a path of a configuration to a full path. The path must be relative and must not lead out of the catalogue.
pub(crate) fn path_in_catalogue(root: &Utf8Path, relative: &str) -> Result<Utf8PathBuf, ConfigError> {
    let path = Utf8Path::new(relative);
    let climbs = path.components().any(|part| matches!(part, camino::Utf8Component::ParentDir));
    if path.is_absolute() || climbs || relative.contains('\\') {
        return Err(ConfigError::new(format!("the path `{relative}` leads out of the catalogue"))
            .help("write a path relative to the folder of leaver.yaml, without `..`"));
    }
    Ok(root.join(path))
}

/// Reads a file, checks it against its schema and converts it to a type.
pub(crate) fn read_as<T: DeserializeOwned>(
    files: &Workspace,
    path: &Utf8Path,
    shape: &Shape,
) -> Result<(T, Arc<SourceFile>, Node), Vec<ConfigError>> {
    let limit = super::Limits::default().file_bytes;
    let file = files.read(path, limit).map_err(|error| vec![ConfigError::new(error.to_string()).help(error.help())])?;
    parse_with_spans(file, shape)
}

/// Like [`read_as`], but for a file that was already read.
pub(crate) fn parse_as<T: DeserializeOwned>(file: SourceFile, shape: &Shape) -> Result<T, Vec<ConfigError>> {
    parse_with_spans(file, shape).map(|(value, _, _)| value)
}

fn parse_with_spans<T: DeserializeOwned>(
    file: SourceFile,
    shape: &Shape,
) -> Result<(T, Arc<SourceFile>, Node), Vec<ConfigError>> {
    let file = Arc::new(file);
    let fault = |message: String| vec![ConfigError::new(message)];
    let parsed = parse(&file, &YamlLimits::default());
    let place = |span| Some(Place { file: Arc::clone(&file), span });
    let mut errors: Vec<ConfigError> = parsed
        .problems
        .into_iter()
        .map(|problem| ConfigError { message: problem.message, help: problem.help, place: place(problem.span) })
        .collect();
    let mut documents = parsed.documents.into_iter();
    let Some(document) = documents.next() else {
        if errors.is_empty() {
            let message = format!("`{}` is empty", file.path());
            errors = vec![ConfigError::new(message).help("write `version: 1`")];
        }
        return Err(errors);
    };
    if let Some(second) = documents.next() {
        errors.push(
            ConfigError::new("a second document in this file would be ignored")
                .help("keep one")
                .at(place(second.root.span())),
        );
    }
    errors.extend(
        shape
            .check(file.text(), &document.root)
            .into_iter()
            .filter(|breach| breach.kind != BreachKind::AmbiguousScalar)
            .map(|breach| ConfigError { message: breach.message, help: breach.help, place: place(breach.span) }),
    );
    if !errors.is_empty() {
        return Err(errors);
    }
    let value = serde_json::from_value(Value::from(&document.root)).map_err(|error| fault(error.to_string()))?;
    Ok((value, file, document.root))
}
