//! `leaver new rule`: writes the two files of a rule. They pass `leaver test` unchanged, and findings of the rule fail a run.

mod register;

use camino::{Utf8Path, Utf8PathBuf};
use clap::{Args, Subcommand};

use self::register::{Registered, register};
use super::{
    common::{ConfigArgs, create, print, refuse, safe, usage},
    style::{self, When},
};
use crate::{
    config::discover,
    files::{Checkout, Workspace},
    report::Failure,
    rule::{Origin, RuleId},
};

/// Arguments of `leaver new`.
#[derive(Debug, Clone, Args)]
pub(super) struct New {
    #[command(subcommand)]
    command: Sub,
}

#[derive(Debug, Clone, Subcommand)]
enum Sub {
    /// Write a new rule into your policy folder and register the folder in leaver.yaml
    ///
    /// Findings of the new rule fail a run (`severity: error`, `status: stable`). To try it out first, write `status: preview`; its findings are then
    /// shown, but never fail a run.
    Rule {
        /// Id of the rule: group/name, named after the fault that it finds
        id: String,
        /// The policy folder [default: the first of `policies` in leaver.yaml, else policies]
        #[arg(long, value_name = "FOLDER")]
        folder: Option<Utf8PathBuf>,
    },
}

/// The written files and the next steps.
struct Written {
    files: Vec<String>,
    notes: Vec<String>,
}

impl New {
    pub(super) fn run(&self, files: &Workspace, when: When) -> u8 {
        let Sub::Rule { id, folder } = &self.command;
        match write_rule(files, id, folder.as_deref()) {
            Ok(Written { files, notes }) => print(|out| {
                for file in &files {
                    writeln!(out, "wrote {}", safe(file))?;
                }
                notes.iter().try_for_each(|note| writeln!(out, "{}", safe(note)))
            }),
            Err(failures) => refuse(&failures, &style::stdout(when)),
        }
    }
}

fn write_rule(workspace: &Workspace, id: &str, folder: Option<&Utf8Path>) -> Result<Written, Vec<Failure>> {
    let id: RuleId = id
        .parse()
        .map_err(|error: crate::rule::BadRuleId| vec![usage(error.to_string(), "for example `acme/no-cost-center`")])?;
    // A new rule does not need a valid configuration. `leaver check` reports the errors in the configuration.
    let taken = ConfigArgs::default()
        .load_for_rules(workspace)
        .is_ok_and(|(_, ruleset)| ruleset.meta(&id).is_some_and(|rule| rule.origin == Origin::Bundled));
    if taken {
        return Err(vec![usage(
            format!("leaver already has a rule `{id}`"),
            "choose another id, in a group of your own",
        )]);
    }
    match Checkout::entered() {
        Some(checkout) if folder.is_none() => write_bundled_rule(workspace, &id, checkout),
        _ => write_own_rule(workspace, &id, folder),
    }
}

/// Writes a bundled rule into leaver's checkout.
fn write_bundled_rule(workspace: &Workspace, id: &RuleId, checkout: &Checkout) -> Result<Written, Vec<Failure>> {
    let files = write(workspace, id, &checkout.root.join("policies"), &checkout.version, CONTROLS)?;
    let notes = vec![
        "next: add bad and good examples to rule.md; in rule.rego, list the `controls` that require the rule".into(),
        format!(
            "next: `leaver test {id}` (or `cargo run -- test {id}`); it reads the files on disk, so no edit needs a build"
        ),
        format!("next: `just bless` writes docs/rules/{id}.md and the snapshots; add a line to CHANGELOG.md"),
    ];
    Ok(Written { files, notes })
}

/// Writes a rule of the user into their policy folder.
fn write_own_rule(workspace: &Workspace, id: &RuleId, folder: Option<&Utf8Path>) -> Result<Written, Vec<Failure>> {
    let loaded = discover(workspace, Utf8Path::new("."), None)?;
    let configured = loaded.entries.policies.first().map(|folder| loaded.root.join(folder));
    let folder = folder.map(Utf8Path::to_owned).or(configured).unwrap_or_else(|| loaded.root.join("policies"));
    let files = write(workspace, id, &folder, "1.0.0", "")?;
    let mut notes = Vec::new();
    match register(&loaded, &folder) {
        Registered::Already => {}
        Registered::Now { file } => notes.push(format!("added `{}` to `policies` in {file}", workspace.show(&folder))),
        Registered::ByHand { instruction, lines } => {
            notes.push(format!("next: {instruction}:"));
            notes.extend(lines.into_iter().map(|line| format!("    {line}")));
        }
    }
    notes.push(format!("next: add bad and good examples to rule.md, then run `leaver test {id}`"));
    notes.push(
        "note: its findings fail `leaver check`; with `status: preview` in rule.rego they are shown, but never fail a run".into(),
    );
    Ok(Written { files, notes })
}

/// Writes the two files below a policy folder.
fn write(
    workspace: &Workspace,
    id: &RuleId,
    folder: &Utf8Path,
    since: &str,
    controls: &str,
) -> Result<Vec<String>, Vec<Failure>> {
    let home = folder.join(id.group()).join(id.name());
    let package = format!("policies{}{}", package_step(id.group()), package_step(id.name()));
    let rego = include_str!("new/rule.rego")
        .replace("{package}", &package)
        .replace("{since}", since)
        .replace("{controls}", controls);
    let page = include_str!("new/rule.md").replace("{id}", id.as_str());
    let mut written = Vec::new();
    for (name, text) in [("rule.rego", rego), ("rule.md", page)] {
        let path = home.join(name);
        let shown = workspace.show(&path);
        create(&path, &text.replace('\r', "")).map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                vec![usage(format!("`{shown}` already exists"), "choose another id: nothing is overwritten")]
            }
            _ => vec![usage(format!("cannot write `{shown}`: {error}"), "choose another folder with --folder")],
        })?;
        written.push(shown);
    }
    Ok(written)
}

/// Writes a step of a package path: `.name`, or `["name"]` for a name with a hyphen.
fn package_step(name: &str) -> String {
    if name.contains('-') { format!("[\"{name}\"]") } else { format!(".{name}") }
}

/// Controls for the metadata, as a comment, because an invented control is worse than none.
const CONTROLS: &str = "
#   # Which controls require this? Write them as below, or delete these three lines.
#   # controls:
#   #   iso-27001: [A.5.18]";
