//! `leaver signoff prepare`: writes the review pack to a file or standard output.

use camino::Utf8PathBuf;
use clap::Args;

use super::{args::Common, pack};
use crate::{
    cli::{
        common::{guard, print, print_to_stderr, quoted, refuse, safe, usage, write_file},
        style::{self, When},
    },
    files::Workspace,
    report::Failure,
};

/// Arguments of `leaver signoff prepare`.
#[derive(Debug, Clone, Args)]
pub(super) struct Prepare {
    /// The apps, by `metadata.name`
    #[arg(required = true, value_name = "APP")]
    apps: Vec<String>,
    /// The Markdown file to write [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<Utf8PathBuf>,
    #[command(flatten)]
    common: Common,
}

impl Prepare {
    pub(super) fn run(&self, files: &Workspace, when: When) -> u8 {
        let style = style::stdout(when);
        match self.write(files) {
            Ok((page, failures)) => {
                let printed = match &self.output {
                    None => print(|out| out.write_all(page.as_bytes())),
                    Some(path) => print(|out| {
                        writeln!(
                            out,
                            "wrote {}\nnext: read it, then {}",
                            safe(&files.show(path)),
                            safe(&self.next_command())
                        )
                    }),
                };
                if self.output.is_none() && printed == 0 {
                    print_to_stderr(&format!("leaver: next: {}", self.next_command()));
                }
                if failures.is_empty() || printed != 0 { printed } else { refuse(&failures, &style) }
            }
            Err(failures) => refuse(&failures, &style),
        }
    }

    fn next_command(&self) -> String {
        let names: Vec<String> = self.apps.iter().map(|name| quoted(name)).collect();
        format!("leaver signoff sign {} --reviewer YOU@EXAMPLE.COM --role ROLE", names.join(" "))
    }

    /// Writes the pack. Returns the pack and the failures, which the pack also lists.
    fn write(&self, files: &Workspace) -> Result<(String, Vec<Failure>), Vec<Failure>> {
        if let Some(path) = &self.output {
            guard::check(&[path], &self.common.config.inputs(), files)?;
        }
        let situation = self.common.situation(files, None)?;
        let apps = situation.apps(&self.apps)?;
        let report = situation.check();
        let page = pack::render(&situation, &apps, &report);
        if let Some(path) = &self.output {
            write_file(path.as_std_path(), page.as_bytes()).map_err(|error| {
                vec![usage(format!("cannot write `{path}`: {error}"), "choose another file with --output")]
            })?;
        }
        Ok((page, report.failures))
    }
}
