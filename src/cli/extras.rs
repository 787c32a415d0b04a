//! Shell completions, manual pages, and the generated pages of the repository.

use camino::Utf8PathBuf;
use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{
    Cli,
    common::{ConfigArgs, print, refuse, usage, write_with_folders},
    explain::Keys,
    rules::index,
    style::{self, When},
};
use crate::files::Workspace;
use crate::rule::{Origin, RuleMeta};

/// Arguments of `leaver completions`.
#[derive(Debug, Clone, Args)]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self) -> u8 {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "leaver", &mut text);
        print(|out| out.write_all(&text))
    }
}

/// Arguments of `leaver man`.
#[derive(Debug, Clone, Args)]
pub(super) struct Man {
    /// Command whose page to print [default: leaver itself]
    command: Option<String>,
}

impl Man {
    pub(super) fn run(&self, when: When) -> u8 {
        let mut command = Cli::command();
        command.build();
        let wanted = match &self.command {
            None => Some(command),
            Some(name) => command.find_subcommand(name).cloned(),
        };
        if let Some(command) = wanted {
            // Subcommands have no version.
            let source = format!("leaver {}", env!("CARGO_PKG_VERSION"));
            print(|out| clap_mangen::Man::new(command).source(source).render(&mut { out }))
        } else {
            let name = self.command.as_deref().unwrap_or_default();
            refuse(
                &[usage(format!("there is no command `{name}`"), "`leaver --help` lists them")],
                &style::stdout(when),
            )
        }
    }
}

/// Arguments of the hidden `leaver docs`.
#[derive(Debug, Clone, Args)]
pub(super) struct Docs {
    /// The folder to write to
    folder: Utf8PathBuf,
}

impl Docs {
    pub(super) fn run(&self, files: &Workspace, when: When) -> u8 {
        let style = style::stdout(when);
        // In leaver's checkout, the bundled rules are read from disk.
        let (_, ruleset) = match ConfigArgs::default().load_for_rules(files) {
            Ok(loaded) => loaded,
            Err(failures) => return refuse(&failures, &style),
        };
        let rules = ruleset.metas().filter(|rule: &&RuleMeta| rule.origin == Origin::Bundled);
        let keys = ("keys.md".to_owned(), Keys::of(&ruleset.all).page(rules.clone()));
        for (name, text) in pages(rules).into_iter().chain([keys]) {
            let path = self.folder.join(name);
            if let Err(error) = write_with_folders(path.as_std_path(), text.as_bytes()) {
                return refuse(&[usage(format!("cannot write `{path}`: {error}"), "choose another folder")], &style);
            }
        }
        0
    }
}

/// Renders the pages of rules. Returns the path below `docs` and the text of each page.
pub(crate) fn pages<'a>(rules: impl Iterator<Item = &'a RuleMeta> + Clone) -> Vec<(String, String)> {
    let head = "# Rules\n\nGenerated from the metadata of each rule by `just bless`; do not edit.\n\n";
    let mut pages = vec![("rules/README.md".to_owned(), format!("{head}{}", index(rules.clone(), "")))];
    pages.extend(rules.map(|meta| (format!("rules/{}.md", meta.id), page(meta))));
    pages
}

fn page(meta: &RuleMeta) -> String {
    let mut text = format!("# `{}`: {}\n\n", meta.id, meta.title);
    text.push_str(&format!(
        "Severity {}, precision {}, since {}.\n\n{}\n\n",
        meta.severity,
        meta.precision.as_str(),
        meta.since,
        meta.why
    ));
    text.push_str(&format!("**Fix.** {}\n\n", meta.fix));
    text.push_str(meta.page.trim_end());
    text.push('\n');
    if !meta.params.is_empty() {
        text.push_str("\n## Parameters\n\n| Name | Default | What it is |\n| --- | --- | --- |\n");
        for (name, param) in &meta.params {
            let unit = param.unit.as_deref().map(|unit| format!(" {unit}")).unwrap_or_default();
            let source = param.source.as_deref().map(|source| format!(" ({source})")).unwrap_or_default();
            text.push_str(&format!("| `{name}` | `{}`{unit} | {}{source} |\n", param.default, param.description));
        }
    }
    if !meta.controls.is_empty() {
        text.push_str("\n## Controls\n\n");
        for (framework, ids) in &meta.controls {
            text.push_str(&format!("- {framework}: {}\n", ids.join(", ")));
        }
    }
    text
}
