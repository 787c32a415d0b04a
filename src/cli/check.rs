//! `leaver check`: checks a catalogue.

mod baseline;
mod paths;
mod progress;
#[cfg(test)]
mod tests;

use std::{
    io::{self, Read},
    time::Instant,
};

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;

use baseline::BASELINE_BYTES;
use progress::Progress;

use super::{
    common::{
        self, ConfigArgs, Inputs, are_all_files, find_framework, git_failure, guard_outputs, own_binary,
        print_to_stderr, refuse, today, usage, write_outputs,
    },
    observe,
    style::{self, When},
    trust::{Change, TrustedCommit},
};
use crate::{
    BaseFiles, Request, check_with,
    config::{Config, Overrides},
    engine::Memo,
    files::Workspace,
    framework::Framework,
    output::{Format, GroupBy, Style, controls::by_control, render},
    report::{Failure, Outcome, Report, Run},
    rule::Severity,
    source::SubmoduleFault,
    trust::Trusted,
    vcs::{Commit, Compared, HeadSource, Repo, Tracked, compare_submodules},
};

/// Arguments of `leaver check`.
#[derive(Debug, Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a command-line switch")]
pub(super) struct Check {
    /// Files and folders to report on; `-` reads a declaration from standard input [default: the whole catalogue]
    ///
    /// The whole catalogue is always loaded, because some rules need it.
    #[arg(value_name = "PATH")]
    paths: Vec<Utf8PathBuf>,
    #[command(flatten)]
    config: ConfigArgs,
    /// Run only these rules or groups
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    select: Vec<String>,
    /// Do not run these rules or groups
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    ignore: Vec<String>,
    /// Minimum severity that fails the check (exit status 1) [default: error]
    #[arg(long, value_name = "SEVERITY", value_parser = parse_severity)]
    fail_on: Option<Severity>,
    /// Exit with status 0 even if there are findings
    #[arg(long)]
    exit_zero: bool,
    /// Report only findings that are new since this commit, such as refs/remotes/origin/main or a commit id
    #[arg(long, value_name = "REF")]
    since: Option<String>,
    /// Check the staged files instead of the working tree
    #[arg(long, conflicts_with_all = ["update_baseline"])]
    staged: bool,
    /// Take configuration, rules, profiles, vendors, waivers, baseline and signers from this commit, so that a change cannot relax its own check
    #[arg(long, value_name = "REF", conflicts_with_all = ["update_baseline"])]
    trust_ref: Option<String>,
    /// With --trust-ref: accept the edits of leaver's own configuration that `trust/changed` reports with this digest
    ///
    /// Use this option only in a pipeline that the change cannot edit.
    #[arg(long, value_name = "DIGEST", value_delimiter = ',', env = "LEAVER_ACCEPT_POLICY_CHANGE")]
    accept_policy_change: Vec<String>,
    /// Do not report the findings in this file; it may be missing [default: `baseline` in leaver.yaml]
    #[arg(long, value_name = "FILE")]
    baseline: Option<Utf8PathBuf>,
    /// Remove fixed findings from the baseline
    #[arg(long)]
    update_baseline: bool,
    /// With --update-baseline: also add new findings
    #[arg(long, requires = "update_baseline")]
    add_to_baseline: bool,
    /// Also compare declarations with these exports, for this run only: a Terraform plan, or any format of `leaver observe`; `-` is standard input. `SYSTEM=FILE` names the System that the export comes from
    #[arg(long, value_name = "FILE", num_args = 1..)]
    evidence: Vec<Utf8PathBuf>,
    /// Compare dates with this day instead of today (UTC)
    #[arg(long, value_name = "YYYY-MM-DD", env = "LEAVER_TODAY")]
    today: Option<String>,
    /// Format of the report, and the file to write it to; repeatable; `--help` lists the formats
    #[arg(short, long, value_name = "FORMAT[=FILE]", value_parser = parse_output, long_help = output_help())]
    output: Vec<Output>,
    /// With `-`: file name to use for standard input [default: stdin.yaml]
    #[arg(long, value_name = "FILE")]
    stdin_name: Option<String>,
    /// Group the findings by the controls of this framework, such as dora; `leaver rules --framework ID` lists the controls
    #[arg(long, value_name = "ID")]
    framework: Option<String>,
    /// Group the findings by owner, app or rule, in the formats full, concise and markdown
    #[arg(long, value_name = "BY", value_parser = parse_group_by, conflicts_with = "framework")]
    group_by: Option<GroupBy>,
    /// Show every finding with its source lines and fix, without a limit
    #[arg(long)]
    all: bool,
    /// Print nothing if there are no findings
    #[arg(short, long)]
    quiet: bool,
    /// Show the number of findings of each rule
    #[arg(long)]
    statistics: bool,
    /// Print what was read and the duration on standard error, and list all apps that fail because of the same pattern
    #[arg(short, long)]
    verbose: bool,
    /// Number of threads [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..))]
    threads: Option<u8>,
}

type Output = common::Output<Format>;

fn parse_severity(text: &str) -> Result<Severity, String> {
    Severity::ALL
        .into_iter()
        .find(|severity| severity.as_str() == text)
        .ok_or_else(|| "must be error, warning or info".into())
}

fn parse_group_by(text: &str) -> Result<GroupBy, String> {
    GroupBy::ALL
        .into_iter()
        .find_map(|(name, by)| (name == text).then_some(by))
        .ok_or_else(|| "must be owner, app or rule".into())
}

/// The help of `--output`, with one line for each format.
fn output_help() -> String {
    let mut text = "Format of the report, and the file to write it to; repeatable\n\n".to_owned();
    for format in Format::ALL {
        text.push_str(&format!("  {:<8}  {}\n", format.as_str(), format.about()));
    }
    text + "\n[default: full]"
}

fn parse_output(text: &str) -> Result<Output, String> {
    common::parse_output(text, &Format::ALL.map(|format| (format.as_str(), format)))
}

impl Check {
    /// `--threads`.
    pub(super) fn threads(&self) -> Option<usize> {
        self.threads.map(usize::from)
    }

    pub(super) fn run(&self, files: &Workspace, when: When) -> u8 {
        let started = Instant::now();
        let base = style::stdout(when);
        let inputs = Inputs {
            start: self.paths.first().filter(|path| *path != "-").map(Utf8PathBuf::as_path),
            baseline: self.baseline.as_deref(),
            files: &self.paths,
            ..self.config.inputs()
        };
        if let Err(failures) = guard_outputs(&self.output, &inputs, files) {
            return refuse(&failures, &base);
        }
        let (report, fail_on, framework) = match self.check(files) {
            Ok(done) => done,
            Err(failures) => {
                let run = Run { today: today(self.today.as_deref()).unwrap_or_default(), ..Run::default() };
                (
                    Report::new(Vec::new(), failures, std::collections::BTreeMap::new(), run),
                    self.fail_on.unwrap_or(Severity::Error),
                    None,
                )
            }
        };
        let style = Style {
            fail_on,
            quiet: self.quiet,
            statistics: self.statistics,
            all: self.all,
            group_by: self.group_by,
            verbose: self.verbose,
            ..base
        };
        let written = self.write_report(&report, framework.as_ref(), &style);
        if self.verbose {
            let run = &report.run;
            let took = started.elapsed().as_millis();
            print_to_stderr(&format!(
                "leaver: {} files, {} declarations, {} rules, profile {}, today {}, {took} ms",
                run.files,
                run.declarations,
                report.rules.len(),
                run.profile,
                run.today
            ));
        }
        let code = match report.outcome(fail_on) {
            Outcome::Findings if self.exit_zero => Outcome::Clean,
            outcome => outcome,
        }
        .code();
        if written == Outcome::Incomplete.code() { written } else { code }
    }

    /// Checks the catalogue. Returns the report, the severity that fails the check, and the framework to group by.
    fn check(&self, disk: &Workspace) -> Result<(Report, Severity, Option<Framework>), Vec<Failure>> {
        let as_list = |failure| vec![failure];
        let today = today(self.today.as_deref()).map_err(as_list)?;
        // Exports are read from the disk even with `--staged`.
        let evidence = self.read_evidence(disk, &today)?;
        let asks_git = self.staged || self.since.is_some() || self.trust_ref.is_some();
        // Without a commit, leaver cannot distinguish a deleted path from a mistyped one.
        if !asks_git {
            paths::require_existing(disk, self.paths.iter().filter(|path| *path != "-"))?;
        }
        let repo =
            asks_git.then(|| Repo::of_working_directory(disk)).transpose().map_err(git_failure).map_err(as_list)?;
        let repo = repo.as_ref();
        let staged = repo.filter(|_| self.staged).map(|repo| repo.staged(disk));
        let staged = staged.transpose().map_err(git_failure).map_err(as_list)?;
        let files = &staged.as_ref().map_or_else(|| disk.clone(), |staged| staged.workspace(disk));
        let (stdin, mut paths): (Vec<_>, Vec<_>) = self.paths.iter().cloned().partition(|path| path == "-");
        let stdin = !stdin.is_empty();
        if stdin && !paths.is_empty() {
            return Err(vec![usage("`-` cannot be combined with paths", "check standard input or paths, not both")]);
        }
        if self.stdin_name.is_some() && !stdin {
            return Err(vec![usage("`--stdin-name` is given, but not `-`", "add `-` to check standard input")]);
        }
        let first = paths.first().cloned();
        let start = match (stdin, first.as_deref()) {
            (true, _) => match self.stdin_path().parent() {
                Some(parent) if files.is_folder(parent) => parent,
                _ => Utf8Path::new("."),
            },
            (false, Some(first)) if files.exists(first) => first,
            // The configuration of a deleted file is in a folder above the file.
            (false, Some(first)) => files.nearest_folder(first),
            (false, None) => Utf8Path::new("."),
        };
        let overrides = Overrides {
            profile: None,
            select: self.select.clone(),
            ignore: self.ignore.clone(),
            fail_on: self.fail_on,
        };
        let base = match (&self.trust_ref, repo) {
            (Some(reference), Some(repo)) => {
                let overrides = Overrides { profile: self.config.profile.clone(), ..overrides.clone() };
                let change = Change { repo, files, staged: staged.as_deref() };
                Some(TrustedCommit::of(&change, reference, start, self.config.config.as_deref(), &overrides)?)
            }
            _ => None,
        };
        let (config, ruleset) = match &base {
            Some(base) => (base.config.clone(), base.ruleset.clone()),
            None => self.config.load(files, start, overrides)?,
        };
        let framework = self.framework.as_ref().map(|id| find_framework(&ruleset, id)).transpose().map_err(as_list)?;
        let text = stdin.then(|| self.read_stdin(&config)).transpose().map_err(as_list)?;
        let since =
            self.since.as_ref().zip(repo).map(|(reference, repo)| Commit::of(repo, reference, &config.root, files));
        let since = since.transpose().map_err(git_failure).map_err(as_list)?;
        let whole = self
            .remove_deleted_paths(&mut paths, start, (repo, files), since.as_ref(), base.as_ref())
            .map_err(as_list)?;
        paths::require_existing(files, paths.iter())?;
        let declared_before = self.declared_before(&config, &ruleset, &paths, repo).map_err(as_list)?;
        // With either option, leaver evaluates declarations more than once.
        let memo = (self.update_baseline || self.since.is_some()).then(Memo::default);
        let known = self.read_baseline(&config, &ruleset, base.as_ref(), &today, memo.as_ref()).map_err(as_list)?;
        let before_change = since.as_ref().map(Commit::tree).transpose().map_err(git_failure).map_err(as_list)?;
        // Tracked files belong to the catalogue even if an ignore file hides them.
        let tracked = match (&staged, repo) {
            (Some(staged), _) => Ok(staged.tracked(&config.root)),
            (None, Some(repo)) if self.since.is_some() => repo.tracked(&config.root, files),
            _ => Ok(Tracked::default()),
        };
        let Tracked { files: tracked, submodules, .. } = tracked.map_err(git_failure).map_err(as_list)?;
        let head = if staged.is_some() { HeadSource::Git } else { HeadSource::Disk(disk) };
        let Compared { unread, unchanged } = before_change
            .as_ref()
            .map(|tree| compare_submodules(&tree.tracked(&config.root).submodules, &submodules, &head))
            .unwrap_or_default();
        let unstaged = submodules.into_iter().filter(|_| staged.is_some());
        let submodules = unstaged.map(|submodule| (submodule.path, SubmoduleFault::Staged)).chain(unread).collect();
        let since = before_change
            .as_ref()
            .map(|tree| BaseFiles { files: tree.workspace_with_folders_of_disk(disk, &unchanged) });
        let trusted = base.map(|mut base| {
            base.compare_baseline(self.baseline.as_deref(), BASELINE_BYTES);
            Trusted { accepted: self.accept_policy_change.clone(), ..base.trusted }
        });
        let request = Request {
            paths,
            whole,
            declared_before,
            text,
            evidence,
            today,
            known,
            since,
            tracked,
            submodules,
            trusted,
            worker: own_binary(),
        };
        let progress = Progress::new(self.quiet);
        let report = check_with(&config, &ruleset, &request, memo.as_ref(), &|done, all| progress.update(done, all));
        progress.finish();
        // Fail if git could not read a file; the file would otherwise count as missing.
        let unread = staged.iter().chain(&before_change).find_map(|tree| tree.failure());
        if let Some(error) = unread {
            return Err(vec![git_failure(error)]);
        }
        Ok((report, config.fail_on, framework))
    }

    /// Reads the exports of `--evidence` and returns them as declarations.
    fn read_evidence(&self, files: &Workspace, today: &str) -> Result<Option<(String, String)>, Vec<Failure>> {
        let evidence = self.evidence.iter().filter(|path| observe::is_standard_input(files, path));
        if evidence.chain(self.paths.iter().filter(|path| *path == "-")).count() > 1 {
            return Err(vec![usage("`-` is given twice", "standard input is either a declaration or evidence")]);
        }
        let found = observe::read_evidence(files, &self.evidence, today)?;
        Ok(found.map(|(name, text, notes)| {
            for note in notes {
                print_to_stderr(&format!("leaver: note: {note}"));
            }
            (name, text)
        }))
    }

    /// The file name of standard input in a report.
    fn stdin_path(&self) -> &Utf8Path {
        Utf8Path::new(self.stdin_name.as_deref().unwrap_or("stdin.yaml"))
    }

    fn read_stdin(&self, config: &Config) -> Result<(String, String), Failure> {
        let limit = config.limits.file_bytes;
        let mut bytes = Vec::new();
        io::stdin().lock().take(limit as u64 + 1).read_to_end(&mut bytes).map_err(|error| {
            usage(format!("cannot read standard input: {error}"), "pipe a declaration into `leaver check -`")
        })?;
        if bytes.len() > limit {
            return Err(usage(
                format!("standard input is larger than {limit} bytes"),
                "raise `limits.fileBytes` in leaver.yaml",
            ));
        }
        let text =
            String::from_utf8(bytes).map_err(|_| usage("standard input is not UTF-8 text", "convert it to UTF-8"))?;
        Ok((config.files.show(self.stdin_path()), text))
    }

    fn write_report(&self, report: &Report, framework: Option<&Framework>, style: &Style) -> u8 {
        let default = [Output { format: Format::FULL, file: None }];
        let outputs = if self.output.is_empty() { &default[..] } else { &self.output };
        if are_all_files(outputs) {
            refuse(&report.failures, style);
        }
        write_outputs(outputs, style, |format, style, out| match framework {
            Some(framework) => by_control(framework, format, report, style, out),
            None => render(format, report, style, out),
        })
    }
}
