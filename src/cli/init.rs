//! `leaver init`: writes a starter catalogue. Never overwrites files.

use std::io::ErrorKind;

use camino::Utf8PathBuf;
use clap::Args;

use super::{
    common::{create, print, quoted, refuse, safe, usage},
    style::{self, When},
};
use crate::{files::Workspace, schema};

/// Arguments of `leaver init`.
#[derive(Debug, Clone, Args)]
pub(super) struct Init {
    /// The folder that becomes the root of the catalogue
    #[arg(value_name = "FOLDER", default_value = ".")]
    folder: Utf8PathBuf,
}

/// Returns the path and the text of each file to write.
fn starter() -> [(&'static str, &'static str); 6] {
    [
        ("leaver.yaml", include_str!("init/leaver.yaml")),
        ("apps/example.yaml", include_str!("init/app.yaml")),
        ("patterns/jit-tickets.yaml", include_str!("init/pattern.yaml")),
        ("teams.yaml", include_str!("init/teams.yaml")),
        (".leaver/leaver.schema.json", schema::DECLARATIONS.text()),
        (".leaver/config.schema.json", schema::CONFIG.text()),
    ]
}

impl Init {
    pub(super) fn run(&self, files: &Workspace, when: When) -> u8 {
        let mut lines = Vec::new();
        for (name, text) in starter() {
            let path = self.folder.join(name);
            let shown = files.show(&path);
            match create(&path, text) {
                Ok(()) => lines.push(format!("wrote {shown}")),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                    lines.push(format!("kept  {shown}: it already exists"));
                }
                Err(error) => {
                    let failure =
                        usage(format!("cannot write `{shown}`: {error}"), "choose a folder that you may write to");
                    return refuse(&[failure], &style::stdout(when));
                }
            }
        }
        let folder = files.show(&self.folder);
        let check = if folder == "." { "leaver check".to_owned() } else { format!("leaver check {}", quoted(&folder)) };
        print(|out| {
            for line in &lines {
                writeln!(out, "{}", safe(line))?;
            }
            write!(out, "{}", include_str!("init/next.txt").replace("{check}", safe(&check).as_str()))
        })
    }
}
