//! `leaver bundle`: exports the rules and the catalogue for OPA (<https://www.openpolicyagent.org/docs/management-bundles>).

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;

use super::{
    common::{ConfigArgs, Inputs, guard, print, refuse, today, usage, write_file},
    style::{self, When},
};
use crate::files::Workspace;
use crate::{Request, bundle, config::Overrides, report::Failure};

/// Arguments of `leaver bundle`.
#[derive(Debug, Clone, Args)]
pub(super) struct BundleCommand {
    /// A folder of the catalogue
    #[arg(value_name = "PATH", default_value = ".")]
    path: Utf8PathBuf,
    #[command(flatten)]
    config: ConfigArgs,
    /// The file to write
    #[arg(short, long, value_name = "FILE", default_value = "bundle.tar.gz")]
    output: Utf8PathBuf,
    /// The day with which rules compare dates; the bundle contains it [default: today, UTC]
    #[arg(long, value_name = "YYYY-MM-DD", env = "LEAVER_TODAY")]
    today: Option<String>,
}

impl BundleCommand {
    pub(super) fn run(&self, files: &Workspace, when: When) -> u8 {
        match self.write(files) {
            Ok(text) => print(|out| writeln!(out, "{text}")),
            Err(failures) => refuse(&failures, &style::stdout(when)),
        }
    }

    fn write(&self, files: &Workspace) -> Result<String, Vec<Failure>> {
        let today = today(self.today.as_deref()).map_err(|failure| vec![failure])?;
        guard::check(&[&self.output], &Inputs { start: Some(&self.path), ..self.config.inputs() }, files)?;
        let (config, ruleset) = self.config.load(files, &self.path, Overrides::default())?;
        let paths = config.whole_catalogue();
        let request = Request { paths, today, ..Request::default() };
        let bundle = bundle(&config, &ruleset, &request)?;
        write_file(self.output.as_std_path(), &bundle).map_err(|error| {
            vec![usage(format!("cannot write `{}`: {error}", self.output), "choose another file with --output")]
        })?;
        let shown = files.show(Utf8Path::new(&self.output));
        Ok(format!("wrote {shown}\nnext: opa eval --bundle {shown} --format pretty data.leaver_report.findings"))
    }
}
