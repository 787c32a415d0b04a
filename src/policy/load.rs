//! Loads rules: the bundled rules and the rules in the folders that `leaver.yaml` names. Each rule has a folder; the path of the folder is the id and
//! the package of the rule. A Rego file that is neither a rule, a library nor a test is a failure, because it would never run.

mod lint;
pub(super) mod meta;

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::Arc,
};

use camino::{Utf8Path, Utf8PathBuf};
use include_dir::{Dir, DirEntry};
use rayon::prelude::*;

use super::{builtin::POLICIES, compiled::built_metadata, program::package_of};
use crate::{
    files::{Checkout, Workspace},
    report::{Code, Failure},
    rule::{Origin, RuleId, RuleMeta},
    source::{FileKind, Place, SourceError, SourceFile, Span},
};
pub use lint::lint;
pub use meta::metadata;

/// Maximum size of a policy file (the engine's own limit is 1 MiB).
const MAX_MODULE_BYTES: usize = 256 * 1024;
/// Maximum depth of brackets. Each level doubles the time that the engine's parser takes.
const MAX_BRACKET_DEPTH: usize = 12;

/// A Rego file.
#[derive(Debug, Clone)]
pub struct Module {
    /// The text, with the path that leaver shows.
    pub file: Arc<SourceFile>,
    /// Whether the file is bundled.
    pub bundled: bool,
}

/// The metadata and the Rego file of a rule.
#[derive(Debug, Clone)]
pub struct RuleSource {
    /// The metadata.
    pub meta: Arc<RuleMeta>,
    /// The file `rule.rego`.
    pub module: Module,
}

impl RuleSource {
    /// `data.policies.jit["no-update-owner"].findings`, as the engine and OPA spell it.
    pub fn query(&self) -> String {
        format!("data.{}.findings", package(&self.meta.id))
    }
}

/// All rules of a run and the libraries that they share.
#[derive(Debug, Clone, Default)]
pub struct PolicySet {
    /// By id.
    pub rules: BTreeMap<RuleId, RuleSource>,
    /// `lib/*.rego`.
    pub libraries: Vec<Module>,
    /// `*_test.rego`.
    pub tests: Vec<Module>,
}

/// The package of a rule: `policies.jit["no-update-owner"]`.
pub(super) fn package(id: &RuleId) -> String {
    package_of(id.group(), id.name())
}

impl PolicySet {
    /// The bundled rules. A test loads them, so a failure here is a bug in leaver.
    pub fn bundled() -> Result<Self, Vec<Failure>> {
        match Checkout::entered() {
            Some(checkout) => Self::of_checkout(&checkout.root),
            None => Self::built_metadata().map_or_else(Self::bundled_from_text, Ok),
        }
    }

    /// The rules in a checkout of leaver, read from disk. They have the paths of the bundled rules.
    fn of_checkout(root: &Utf8Path) -> Result<Self, Vec<Failure>> {
        let files = policy_files(&Workspace::default(), &root.join("policies"))?;
        let renamed = files.into_iter().map(|(path, file)| {
            let shown = format!("policies/{}", path.as_str().replace('\\', "/"));
            (path, SourceFile::new(shown, file.text()))
        });
        Self::assemble(renamed.collect(), "policies", &Origin::Bundled)
    }

    /// Loads the bundled rules and parses their metadata, which takes a third of the time of a small run. Only used if the build wrote no metadata.
    pub(super) fn bundled_from_text() -> Result<Self, Vec<Failure>> {
        let mut files = Vec::new();
        collect(&POLICIES, &mut files);
        Self::assemble(files, "policies", &Origin::Bundled)
    }

    /// Loads the bundled rules with the metadata that `build.rs` parsed.
    fn built_metadata() -> Option<Self> {
        let mut set = Self::default();
        let mut files = Vec::new();
        collect(&POLICIES, &mut files);
        let mut metas: BTreeMap<RuleId, RuleMeta> =
            built_metadata()?.into_iter().map(|meta| (meta.id.clone(), meta)).collect();
        for (path, file) in files {
            let folder = path.parent()?.as_str();
            match (path.file_name()?, path.extension()) {
                ("rule.md", _) => file.text().clone_into(&mut metas.get_mut(&folder.parse().ok()?)?.page),
                (name, Some("rego")) => {
                    let module = Module { file: Arc::new(file), bundled: true };
                    if name.ends_with("_test.rego") {
                        set.tests.push(module);
                    } else if folder == "lib" {
                        set.libraries.push(module);
                    } else {
                        let meta = Arc::new(metas.remove(&folder.parse().ok()?)?);
                        set.rules.insert(meta.id.clone(), RuleSource { meta, module });
                    }
                }
                _ => {}
            }
        }
        metas.is_empty().then_some(set)
    }

    /// Adds another set. Two rules with the same id are a failure, and so are two libraries with the same file name.
    pub fn merge(&mut self, other: Self) -> Result<(), Vec<Failure>> {
        let mut failures = Vec::new();
        for (id, rule) in other.rules {
            match self.rules.entry(id) {
                Entry::Vacant(free) => drop(free.insert(rule)),
                Entry::Occupied(taken) => failures.push(
                    Failure::new(Code::Policy, format!("the rule `{}` already exists", taken.key()))
                        .help("rename the folder and the package: an id belongs to one rule".to_owned())
                        .at(Place { file: Arc::clone(&rule.module.file), span: Span::new(0, 0) })
                        .of(taken.key().clone()),
                ),
            }
        }
        for library in other.libraries {
            let name = |module: &Module| module.file.path().rsplit('/').next().map(str::to_owned);
            if self.libraries.iter().any(|mine| name(mine) == name(&library)) {
                failures.push(
                    Failure::new(
                        Code::Policy,
                        format!("the library `{}` already exists", name(&library).unwrap_or_default()),
                    )
                    .help("rename the file and its package".to_owned())
                    .at(Place { file: Arc::clone(&library.file), span: Span::new(0, 0) }),
                );
            }
            self.libraries.push(library);
        }
        self.tests.extend(other.tests);
        if failures.is_empty() { Ok(()) } else { Err(failures) }
    }

    /// The bundled and the users' rules as separate sets: bundled rules run in this process, users' rules in a worker.
    pub fn split(&self) -> (Self, Self) {
        let part = |bundled: bool| Self {
            rules: self
                .rules
                .iter()
                .filter(|(_, rule)| (rule.meta.origin == Origin::Bundled) == bundled)
                .map(|(id, rule)| (id.clone(), rule.clone()))
                .collect(),
            // Users' libraries never run in this process, so bundled rules do not get them.
            libraries: self.libraries.iter().filter(|library| library.bundled || !bundled).cloned().collect(),
            tests: self.tests.clone(),
        };
        (part(true), part(false))
    }

    fn assemble(files: Vec<(Utf8PathBuf, SourceFile)>, root: &str, origin: &Origin) -> Result<Self, Vec<Failure>> {
        let mut set = Self::default();
        let mut pages: BTreeMap<Utf8PathBuf, String> = BTreeMap::new();
        let mut rules = Vec::new();
        let mut failures = Vec::new();
        for (relative, file) in files {
            let file = Arc::new(file);
            let folder = relative.parent().unwrap_or(Utf8Path::new("")).to_owned();
            let fail = |message: String, help: &str| {
                Failure::new(Code::Policy, message)
                    .help(help.to_owned())
                    .at(Place { file: Arc::clone(&file), span: Span::new(0, 0) })
            };
            match (relative.file_name().unwrap_or_default(), relative.extension()) {
                ("rule.md", _) => {
                    pages.insert(folder, file.text().to_owned());
                }
                (name, Some("rego")) => {
                    if let Err(message) = check_bracket_depth(file.text()) {
                        failures.push(fail(message, "split the policy"));
                    } else if name.ends_with("_test.rego") {
                        set.tests.push(Module { file, bundled: *origin == Origin::Bundled });
                    } else if name == "rule.rego" {
                        match folder.as_str().replace('\\', "/").parse::<RuleId>() {
                            Ok(id) => rules.push((id, folder, file)),
                            Err(error) => failures.push(fail(
                                format!("the path of a rule's folder is the id of the rule: {error}"),
                                "put each rule in `<group>/<name>/rule.rego` below the policy folder",
                            )),
                        }
                    } else if folder.as_str() == "lib" {
                        let name = relative.file_stem().unwrap_or_default();
                        let want = format!("policies.lib.{name}");
                        if package_line(file.text()) == Some(want.as_str()) {
                            set.libraries.push(Module { file, bundled: *origin == Origin::Bundled });
                        } else {
                            failures.push(fail(
                                format!("the package of the library `{relative}` does not match its name"),
                                &format!("begin it with `package {want}`"),
                            ));
                        }
                    } else {
                        failures.push(fail(
                            format!("`{relative}` is neither a rule, a library nor a test, so it would never run"),
                            "name it `<group>/<name>/rule.rego`, `lib/<name>.rego` or `…_test.rego`",
                        ));
                    }
                }
                _ => {}
            }
        }
        let read: Vec<_> = rules
            .into_par_iter()
            .map(|(id, folder, file)| {
                let page = pages.get(&folder).cloned().unwrap_or_default();
                let meta = metadata(&id, &file, origin.clone(), page)?;
                match check_package(&id, &file) {
                    None => Ok((id, meta, file)),
                    Some(failure) => Err(vec![failure]),
                }
            })
            .collect();
        for rule in read {
            match rule {
                Ok((id, meta, file)) => {
                    let module = Module { file, bundled: *origin == Origin::Bundled };
                    set.rules.insert(id, RuleSource { meta: Arc::new(meta), module });
                }
                Err(more) => failures.extend(more),
            }
        }
        if set.rules.is_empty() && failures.is_empty() {
            failures.push(
                Failure::new(Code::Policy, format!("the policy folder `{root}` has no rule"))
                    .help("`leaver new rule <group>/<name>` writes one"),
            );
        }
        if failures.is_empty() { Ok(set) } else { Err(failures) }
    }
}

/// Loads the rules of a user's policy folder.
pub fn load_folder(files: &Workspace, root: &Utf8Path) -> Result<PolicySet, Vec<Failure>> {
    let shown = files.show(root);
    PolicySet::assemble(policy_files(files, root)?, &shown, &Origin::Local(shown.clone()))
}

/// The files of a policy folder with their relative paths. Ignore files do not apply, because they could hide a rule.
fn policy_files(workspace: &Workspace, root: &Utf8Path) -> Result<Vec<(Utf8PathBuf, SourceFile)>, Vec<Failure>> {
    let shown = workspace.show(root);
    let fail = |message: String, help: &str| Failure::new(Code::Policy, message).help(help.to_owned());
    let link =
        |path: &Utf8Path| fail(format!("`{}` is a link", workspace.show(path)), "copy the policy into the folder");
    if matches!(workspace.kind(root), Ok(FileKind::Link)) {
        return Err(vec![link(root)]);
    }
    let (entries, errors) = workspace.all_below(root);
    let unlisted = |error: SourceError| {
        let reason = match error {
            SourceError::Io { error, .. } => error.to_string(),
            other => other.to_string(),
        };
        fail(format!("cannot read the policy folder `{shown}`: {reason}"), "check `policies` in leaver.yaml")
    };
    let mut failures: Vec<Failure> = errors.into_iter().map(unlisted).collect();
    let is_wanted = |path: &Utf8Path| path.extension() == Some("rego") || path.file_name() == Some("rule.md");
    let mut paths = Vec::new();
    for (path, entry) in entries {
        if !entry.is_utf8 {
            failures.push(fail(format!("the name of `{path}` is not UTF-8"), "rename it"));
        } else if entry.kind == FileKind::Link {
            failures.push(link(&path));
        } else if is_wanted(&path) {
            paths.push(path);
        }
    }
    workspace.prefetch(&paths, MAX_MODULE_BYTES);
    let mut files = Vec::new();
    for path in paths {
        match workspace.read(&path, MAX_MODULE_BYTES) {
            Ok(file) => files.push((path.strip_prefix(root).unwrap_or(&path).to_owned(), file)),
            Err(error) => failures.push(fail(error.to_string(), error.help())),
        }
    }
    if failures.is_empty() { Ok(files) } else { Err(failures) }
}

/// Collects the files below a built-in folder; `include_dir` sorts each folder by name.
fn collect(dir: &Dir<'_>, out: &mut Vec<(Utf8PathBuf, SourceFile)>) {
    for entry in dir.entries() {
        match entry {
            DirEntry::Dir(dir) => collect(dir, out),
            DirEntry::File(file) => {
                if let (Some(path), Some(text)) = (Utf8Path::from_path(file.path()), file.contents_utf8()) {
                    out.push((path.to_owned(), SourceFile::new(format!("policies/{path}"), text)));
                }
            }
        }
    }
}

/// Checks that the package of a rule matches its folder. Otherwise, leaver would query a package that does not exist.
fn check_package(id: &RuleId, file: &Arc<SourceFile>) -> Option<Failure> {
    let want = package(id);
    let found = package_line(file.text());
    if found == Some(want.as_str()) {
        return None;
    }
    let (message, span) = match found {
        Some(found) => {
            let start = file.text().find(&format!("package {found}")).unwrap_or_default() + "package ".len();
            let message = format!("the package of rule `{id}` is `{found}`, but its folder requires `{want}`");
            (message, Span::new(start, start + found.len()))
        }
        None => (format!("rule `{id}` does not begin with a package line"), Span::new(0, 0)),
    };
    let failure = Failure::new(Code::Policy, message).help(format!("write `package {want}`"));
    Some(failure.at(Place { file: Arc::clone(file), span }).of(id.clone()))
}

/// The package of a policy. Only the first line of code may declare it: a later line that looks like a declaration may be a part of a string.
pub fn package_line(text: &str) -> Option<&str> {
    let is_code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let line = text.lines().find(is_code)?.strip_prefix("package ")?;
    Some(line.split('#').next().unwrap_or_default().trim())
}

/// Checks the depth of brackets without parsing the text.
fn check_bracket_depth(text: &str) -> Result<(), String> {
    let mut depth = 0_usize;
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match c {
            '#' => drop(characters.by_ref().find(|c| *c == '\n')),
            '`' => drop(characters.by_ref().find(|c| *c == '`')),
            '"' => {
                while let Some(c) = characters.next() {
                    match c {
                        '\\' => drop(characters.next()),
                        '"' | '\n' => break,
                        _ => {}
                    }
                }
            }
            '[' | '{' | '(' => depth += 1,
            ']' | '}' | ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_BRACKET_DEPTH {
            return Err(format!("brackets are nested more than {MAX_BRACKET_DEPTH} deep"));
        }
    }
    Ok(())
}
