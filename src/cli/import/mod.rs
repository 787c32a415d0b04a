//! `leaver import`: writes drafts for applications that an export contains but nobody declares.

use std::io::ErrorKind;

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use serde_json::Value;

use super::{
    common::{ConfigArgs, create, days_after, print, refuse, safe, usage, write_file},
    observe::ExportArgs,
    style::{self, When},
};
use crate::{
    Request,
    check::{Tryout, effective, try_out},
    config::Overrides,
    declarations,
    files::Workspace,
    model::Declaration,
    observe::{Collected, Trial, documents, fitted, undeclared, updates},
    output::summary::counted,
    report::Failure,
    rule::RuleId,
    ruleset::Ruleset,
};

/// Arguments of `leaver import`.
#[derive(Debug, Clone, Args)]
pub(super) struct Import {
    #[command(flatten)]
    exports: ExportArgs,
    /// The folder for the drafts [default: `apps` below the catalogue's root]
    #[arg(long, value_name = "FOLDER")]
    into: Option<Utf8PathBuf>,
    /// Instead of writing drafts, correct values of declarations that differ from the export: protocol, assignment, interval, authentication
    #[arg(long, conflicts_with = "into")]
    update: bool,
    #[command(flatten)]
    config: ConfigArgs,
}

/// This rule has the parameter `maxDays`, the number of days within which a discovered app must be declared. Drafts get the same deadline.
const DECLARATION_OVERDUE: &str = "catalogue/declaration-overdue";

impl Import {
    pub(super) fn run(&self, files: &Workspace, when: When) -> u8 {
        match self.import(files) {
            Ok(code) => code,
            Err(failures) => refuse(&failures, &style::stdout(when)),
        }
    }

    fn import(&self, files: &Workspace) -> Result<u8, Vec<Failure>> {
        let collected = self.exports.collect(files)?;
        let (config, ruleset) = self.config.load(files, Utf8Path::new("."), Overrides::default())?;
        if self.update {
            return update(files, &collected, &declarations(&config, &ruleset, &Request::default()));
        }
        // Invalid declarations count as declared, too.
        let declared = effective(&config, &ruleset, &Request::default()).declarations;
        let (today, observations) = (self.exports.today()?, documents(&collected, ""));
        let declare_by = days_after(&today, days_to_declare(&ruleset));
        let (undeclared, more) = undeclared(&collected, &declared, &config.vendors, self.exports.format(), &declare_by);
        let drafts = fitted(&undeclared, &declared, &|texts| {
            let tryouts = try_out(&config, &ruleset, &today, &declared, &observations, texts, &checks_fit)?;
            Ok(tryouts.iter().map(|tryout| tryout.as_ref().map(trial)).collect())
        })?;
        let folder = self.into.clone().unwrap_or_else(|| config.root.join("apps"));
        let (mut lines, mut failures, mut written) = (Vec::new(), Vec::new(), 0);
        for draft in &drafts {
            let path = folder.join(format!("{}.yaml", draft.name));
            let shown = files.show(&path);
            match create(&path, &draft.text) {
                Ok(()) => {
                    written += 1;
                    let by = draft.pattern.as_ref().map(|name| format!(" with pattern {name}")).unwrap_or_default();
                    lines.push(format!("wrote {shown}{by}"));
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                    lines.push(format!("kept  {shown}: it already exists"));
                }
                Err(error) => {
                    failures.push(usage(format!("cannot write `{shown}`: {error}"), "choose a folder with --into"));
                }
            }
        }
        if !failures.is_empty() {
            return Err(failures);
        }
        lines.extend(collected.notes.iter().chain(&more).map(|note| format!("note: {note}")));
        Ok(print(|out| {
            for line in &lines {
                writeln!(out, "{}", safe(line))?;
            }
            writeln!(out, "{} written; `leaver check` lists what they lack", counted(written, "draft"))
        }))
    }
}

/// Returns the value of `maxDays` in force.
fn days_to_declare(ruleset: &Ruleset) -> i64 {
    let params = ruleset.params.iter().find(|(rule, _)| rule.as_str() == DECLARATION_OVERDUE);
    params.and_then(|(_, params)| params.get("maxDays")?.as_i64()).unwrap_or_default()
}

/// Whether a finding of the rule means that a pattern does not fit: the app differs from the observations, or overrides most of the pattern.
fn checks_fit(rule: &RuleId) -> bool {
    rule.group() == "drift" || rule.as_str() == "pattern/mostly-overridden"
}

fn trial(tryout: &Tryout) -> Trial {
    let app = std::iter::once(&tryout.app).chain(tryout.app.populations());
    let specs = app.filter_map(|declaration| declaration.root.get("spec").map(Value::from)).collect();
    Trial { specs, found: tryout.rules.iter().map(ToString::to_string).collect() }
}

/// Corrects declarations. Skips files that are not UTF-8.
fn update(files: &Workspace, collected: &Collected, declared: &[Declaration]) -> Result<u8, Vec<Failure>> {
    let (edited, mut notes) = updates(collected, declared);
    let (mut lines, mut failures, mut written) = (Vec::new(), Vec::new(), 0);
    for edit in &edited {
        let path = files.absolute(edit.file.path());
        if std::fs::read(&path).is_ok_and(|bytes| bytes != edit.file.text().as_bytes()) {
            notes.push(format!("{}: not corrected, because it is not UTF-8 or has just changed", edit.file.path()));
            continue;
        }
        match write_file(path.as_std_path(), edit.text.as_bytes()) {
            Ok(()) => {
                written += 1;
                lines.extend(edit.descriptions.iter().cloned());
            }
            Err(error) => failures
                .push(usage(format!("cannot write `{}`: {error}", edit.file.path()), "correct the file by hand")),
        }
    }
    if !failures.is_empty() {
        return Err(failures);
    }
    lines.extend(collected.notes.iter().chain(&notes).map(|note| format!("note: {note}")));
    Ok(print(|out| {
        for line in &lines {
            writeln!(out, "{}", safe(line))?;
        }
        writeln!(
            out,
            "{} corrected; ask the owners whether the declaration or the system was wrong",
            counted(written, "file")
        )
    }))
}
