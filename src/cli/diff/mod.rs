//! `leaver diff`: shows reviewers the effect of a change on governance.

mod side;
#[cfg(test)]
mod tests;

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;

use side::CheckedSide;

use super::{
    common::{
        self, ConfigArgs, are_all_files, git_failure, guard_outputs, print_to_stderr, refuse, today, usage,
        write_outputs,
    },
    style::{self, When},
};
use crate::{
    config::Overrides,
    diff::{Side, compute},
    engine::Memo,
    files::Workspace,
    output::diff::{Format, render},
    report::{Failure, Outcome},
    vcs::{Commit, Repo},
};

/// Arguments of `leaver diff`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Exit status: 0 regardless of the changes, 2 if a side could not be read or checked in full, 3 if neither side has a declaration.
To fail on new findings, use `leaver check --since`.")]
pub(super) struct Diff {
    /// Commit to compare with, such as refs/remotes/origin/main or a commit id [default: the merge base of HEAD and the default branch]
    ///
    /// The default is the merge base of HEAD and the default branch, as in a pull request. The default branch is the first that exists of the remote branches origin/HEAD, origin/main and origin/master and the local branches main and master. A commit given here is used as is, as with `leaver check --since`.
    #[arg(value_name = "BASE")]
    base: Option<String>,
    /// Commit that contains the change [default: the working tree]
    #[arg(value_name = "HEAD")]
    head: Option<String>,
    #[command(flatten)]
    config: ConfigArgs,
    /// Compare dates with this day instead of today (UTC), on both sides
    #[arg(long, value_name = "YYYY-MM-DD", env = "LEAVER_TODAY")]
    today: Option<String>,
    /// Format (text, markdown, json), and the file to write it to; repeatable [default: text]
    #[arg(short, long, value_name = "FORMAT[=FILE]", value_parser = parse_output)]
    output: Vec<Output>,
}

type Output = common::Output<Format>;

fn parse_output(text: &str) -> Result<Output, String> {
    common::parse_output(text, &Format::ALL.map(|format| (format.as_str(), format)))
}

/// The two sides, read and checked.
struct Sides {
    base: CheckedSide,
    head: CheckedSide,
    today: String,
}

impl Diff {
    pub(super) fn run(&self, files: &Workspace, when: When) -> u8 {
        let style = style::stdout(when);
        if let Err(failures) = guard_outputs(&self.output, &self.config.inputs(), files) {
            return refuse(&failures, &style);
        }
        let sides = match self.sides(files) {
            Ok(sides) => sides,
            Err(failures) => return refuse(&failures, &style),
        };
        let (base, head) = (sides.base.side(), sides.head.side());
        self.show(&base, &head, &sides.today, &style)
    }

    fn show(&self, base: &Side<'_>, head: &Side<'_>, today: &str, style: &crate::output::Style) -> u8 {
        let Some(diff) = compute(base, head) else {
            return refuse(
                &[usage("the table of `leaver diff` cannot be read", "report this: the binary is broken")],
                style,
            );
        };
        let default = [Output { format: Format::Text, file: None }];
        let outputs = if self.output.is_empty() { &default[..] } else { &self.output };
        let written = write_outputs(outputs, style, |format, style, out| render(format, &diff, today, style, out));
        let failures: Vec<Failure> = base.failures.iter().chain(&head.failures).cloned().collect();
        refuse(&failures, style);
        if !diff.is_complete() && failures.is_empty() && are_all_files(outputs) {
            print_to_stderr("leaver: not everything could be read, so changes may be missing");
        }
        let outcome = if !diff.is_complete() {
            Outcome::Incomplete
        } else if diff.is_empty() {
            Outcome::Nothing
        } else {
            Outcome::Clean
        };
        if written == Outcome::Incomplete.code() { written } else { outcome.code() }
    }

    fn sides(&self, files: &Workspace) -> Result<Sides, Vec<Failure>> {
        let as_list = |failure| vec![failure];
        let here = Utf8Path::new(".");
        let today = today(self.today.as_deref()).map_err(as_list)?;
        // `--config` applies to both sides. Without it, each side has its own configuration.
        let explicit = self.config.config.as_deref();
        let start = explicit.and_then(folder).unwrap_or_else(|| here.to_owned());
        let repo = Repo::of_working_directory(files).map_err(git_failure).map_err(as_list)?;
        let (reference, label) = match &self.base {
            Some(base) => (base.clone(), base.clone()),
            None => repo
                .fork_point()
                .map(|(commit, branch)| (commit, format!("merge base with {}", short_name(branch))))
                .map_err(git_failure)
                .map_err(as_list)?,
        };
        let commit = |reference: &str| Commit::of(&repo, reference, &start, files).map_err(git_failure);
        let base = commit(&reference).map_err(as_list)?;
        let head = self.head.as_deref().map(commit).transpose().map_err(as_list)?;
        let place = side::Location { files, top: repo.top(), start: &start, explicit };
        let mut base = side::ConfiguredSide::of_commit(label, base, &place)?;
        let mut head = match head {
            Some(head) => side::ConfiguredSide::of_commit(head.reference().to_owned(), head, &place)?,
            None => side::ConfiguredSide::of_working_tree(&place)?,
        };
        side::use_same_folder(&mut base, &mut head).map_err(as_list)?;
        let overrides = Overrides { profile: self.config.profile.clone(), ..Overrides::default() };
        let names = [base.named_files(), head.named_files()].concat();
        // Declarations that are equal on both sides are evaluated once.
        let memo = Memo::default();
        let [before, after] = side::tracked(files, &mut base, &head)?;
        let base = base.read(&overrides, &today, &names, before, &memo)?;
        Ok(Sides { base, head: head.read(&overrides, &today, &names, after, &memo)?, today })
    }
}

/// The short name of a default branch.
fn short_name(branch: &str) -> &str {
    branch.trim_start_matches("refs/").trim_start_matches("remotes/").trim_start_matches("heads/")
}

/// The folder of a file.
fn folder(file: &Utf8Path) -> Option<Utf8PathBuf> {
    file.parent().map(|parent| if parent.as_str().is_empty() { Utf8PathBuf::from(".") } else { parent.to_owned() })
}
