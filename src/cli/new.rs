//! `leaver new rule`: the two files of a rule, ready to be filled in. They pass `leaver test` as they are.

use camino::{Utf8Path, Utf8PathBuf};
use clap::{Args, Subcommand};

use super::{
    common::{ConfigArgs, create, print, refuse, safe, usage},
    style::{self, When},
};
use crate::{
    config::{Overrides, discover},
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
    /// Write a new rule into your policy folder
    Rule {
        /// Id of the rule: group/name, named after the fault
        id: String,
        /// The policy folder [default: the first of `policies` in leaver.yaml, else policies]
        #[arg(long, value_name = "FOLDER")]
        folder: Option<Utf8PathBuf>,
    },
}

impl New {
    pub(super) fn run(&self, when: When) -> u8 {
        let Sub::Rule { id, folder } = &self.command;
        match rule(id, folder.as_deref()) {
            Ok((files, named)) => print(|out| {
                for file in &files {
                    writeln!(out, "wrote {}", safe(file.as_str()))?;
                }
                if !named {
                    writeln!(out, "next: name the folder under `policies` in leaver.yaml")?;
                }
                writeln!(out, "next: say in rule.md what is bad and what is good, then `leaver test {id}`")
            }),
            Err(failures) => refuse(&failures, &style::stdout(when)),
        }
    }
}

fn rule(id: &str, folder: Option<&Utf8Path>) -> Result<(Vec<Utf8PathBuf>, bool), Vec<Failure>> {
    let id: RuleId = id
        .parse()
        .map_err(|error: crate::rule::BadRuleId| vec![usage(error.to_string(), "for example `acme/no-cost-center`")])?;
    // A configuration that cannot be settled is no reason to write no rule: `check` says what is wrong with it.
    let taken = ConfigArgs::default()
        .settle(Utf8Path::new("."), Overrides::default())
        .is_ok_and(|config| config.all_rules.get(&id).is_some_and(|rule| rule.origin == Origin::Bundled));
    if taken {
        return Err(vec![usage(
            format!("leaver has a rule `{id}` already"),
            "choose another id, in a group of your own: an id belongs to one rule",
        )]);
    }
    let loaded = discover(Utf8Path::new("."), None)
        .map_err(|errors| errors.into_iter().map(Failure::from).collect::<Vec<_>>())?;
    let configured = loaded.entries.policies.first().map(|folder| loaded.root.join(folder));
    let named = folder.is_none() && configured.is_some();
    let folder = folder.map(Utf8Path::to_owned).or(configured).unwrap_or_else(|| loaded.root.join("policies"));
    let home = folder.join(id.group()).join(id.name());
    let package = format!("policies{}{}", word(id.group()), word(id.name()));
    let rego = RULE.replace("{package}", &package);
    let page = PAGE.replace("{id}", id.as_str());
    let mut written = Vec::new();
    for (name, text) in [("rule.rego", rego), ("rule.md", page)] {
        let path = home.join(name);
        let shown = crate::source::display_path(&path);
        create(&path, &text).map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                vec![usage(format!("`{shown}` is there already"), "choose another id: nothing is overwritten")]
            }
            _ => vec![usage(format!("cannot write `{shown}`: {error}"), "choose another folder with --folder")],
        })?;
        written.push(shown.into());
    }
    Ok((written, named))
}

fn word(word: &str) -> String {
    if word.contains('-') { format!("[\"{word}\"]") } else { format!(".{word}") }
}

const RULE: &str = r#"# METADATA
# title: App without a title
# description: Say here why it matters, in a sentence or two that a manager can read.
# custom:
#   severity: warning
#   precision: high
#   status: preview
#   since: 1.0.0
#   scope: App
#   fix: Say here what to write, and where.
package {package}

# A finding is a path into the declaration and a message. A key that is missing is shown at its nearest parent.
findings contains {"path": ["metadata", "title"], "message": message} if {
	not input.metadata.title
	message := sprintf("%s: the app has no title", [input.metadata.name])
}
"#;

const PAGE: &str = r"What the rule finds, and what it misses. Every YAML block here is a test.

## Bad

```yaml
metadata: {name: slack} # finding: {id}
```

## Good

```yaml
metadata: {name: slack, title: Slack}
```
";
