//! Code that the sign-off commands share: it reads the catalogue with its sign-offs, and selects apps.

use camino::Utf8Path;
use clap::Args;

use crate::{
    Request,
    check::signoffs,
    cli::{
        common::{ConfigArgs, git_failure, own_binary, today, usage},
        trust::{Change, TrustedCommit},
    },
    config::{Config, Overrides},
    files::Workspace,
    model::{Catalogue, Declaration},
    report::{Failure, Report},
    ruleset::Ruleset,
    schema::nearest,
    signoff::Ledger,
    vcs::Repo,
};

/// Common options.
#[derive(Debug, Clone, Args)]
pub(super) struct Common {
    #[command(flatten)]
    pub(super) config: ConfigArgs,
    /// Compare dates with this day instead of today (UTC)
    #[arg(long, value_name = "YYYY-MM-DD", env = "LEAVER_TODAY")]
    pub(super) today: Option<String>,
}

/// A catalogue with its sign-offs, its configuration and the request to check it.
pub(super) struct Situation {
    pub(super) config: Config,
    pub(super) ruleset: Ruleset,
    pub(super) request: Request,
    pub(super) catalogue: Catalogue,
    pub(super) ledger: Ledger,
}

impl Common {
    /// Reads the catalogue and its sign-offs. With `trust_ref`, signers and requirements come from that commit.
    pub(super) fn situation(&self, files: &Workspace, trust_ref: Option<&str>) -> Result<Situation, Vec<Failure>> {
        let today = today(self.today.as_deref()).map_err(|failure| vec![failure])?;
        let start = Utf8Path::new(".");
        let ((config, ruleset), trusted) = match trust_ref {
            Some(reference) => {
                let overrides = Overrides { profile: self.config.profile.clone(), ..Overrides::default() };
                let repo = Repo::of_working_directory(files).map_err(|error| vec![git_failure(error)])?;
                let change = Change { repo: &repo, files, staged: None };
                let base = TrustedCommit::of(&change, reference, start, self.config.config.as_deref(), &overrides)?;
                ((base.config, base.ruleset), Some(base.trusted))
            }
            None => (self.config.load(files, start, Overrides::default())?, None),
        };
        let paths = config.whole_catalogue();
        let request = Request { paths, today, trusted, worker: own_binary(), ..Request::default() };
        let (catalogue, ledger) = signoffs(&config, &ruleset, &request);
        Ok(Situation { config, ruleset, request, catalogue, ledger })
    }
}

impl Situation {
    /// Finds the apps with these names and sorts them by name.
    pub(super) fn apps(&self, names: &[String]) -> Result<Vec<&Declaration>, Vec<Failure>> {
        let all: Vec<&Declaration> =
            self.catalogue.own().iter().filter(|declaration| declaration.kind == "App").collect();
        let mut faults = Vec::new();
        let mut found: Vec<&Declaration> = Vec::new();
        for name in names {
            let mut same = all.iter().filter(|app| app.name == *name);
            match (same.next(), same.next()) {
                (Some(app), None) if app.well_formed => found.push(app),
                (Some(_), None) => faults.push(usage(
                    format!("the declaration of `{name}` is not valid"),
                    "`leaver check` reports the errors; an invalid declaration cannot be reviewed",
                )),
                (Some(_), Some(_)) => faults.push(usage(
                    format!("two apps are named `{name}`"),
                    "rename one: a sign-off identifies an app by name",
                )),
                (None, _) => {
                    let near = nearest(name, all.iter().map(|app| app.name.as_str()));
                    let help = near.map_or_else(
                        || "name an App by `metadata.name`".to_owned(),
                        |near| format!("did you mean `{near}`?"),
                    );
                    faults.push(usage(format!("there is no app `{name}`"), help));
                }
            }
        }
        found.sort_by(|one, other| one.name.cmp(&other.name));
        found.dedup_by(|one, other| one.name == other.name);
        if faults.is_empty() { Ok(found) } else { Err(faults) }
    }

    /// Checks the whole catalogue.
    pub(super) fn check(&self) -> Report {
        crate::check(&self.config, &self.ruleset, &self.request, &|_, _| {})
    }
}
