//! The command line: one file for each command, without domain logic. Only this module uses clap.

mod arguments;
mod bundle;
mod catalogue;
mod check;
mod common;
mod config;
mod diff;
mod explain;
pub(crate) mod extras;
mod import;
mod init;
mod new;
mod observe;
mod rules;
mod schema;
mod signoff;
mod style;
mod test;
mod trust;
mod vendors;
mod waive;
mod write;

use std::{ffi::OsString, io, process::ExitCode};

use camino::{Utf8Path, Utf8PathBuf};
use clap::{Parser, Subcommand};

use crate::files::Workspace;

/// Policy-as-code linter for account provisioning: every application declares who creates, updates, removes and reviews its accounts.
///
/// JIT means account creation at sign-in, not temporary privilege.
#[derive(Debug, Parser)]
#[command(name = "leaver", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "\
Exit status of `leaver check`: 0 no finding at or above --fail-on, 1 findings, 2 something could not be checked, 3 nothing to check.
Start with `leaver init`; `leaver explain RULE` explains a rule.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Colours and hyperlinks in text output
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: style::When,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check a catalogue of declarations
    Check(Box<check::Check>),
    /// Turn exports of other systems into observations
    Observe(observe::Observe),
    /// Write drafts for undeclared applications
    Import(import::Import),
    /// Show the effect of a change on governance, app by app
    Diff(diff::Diff),
    /// List the apps with their effective values
    List(Box<catalogue::list::List>),
    /// Query the catalogue in Rego
    Query(catalogue::query::QueryCommand),
    /// Show one app with its effective values and the place of each
    Show(catalogue::show::Show),
    /// List the rules, their severities and controls
    Rules(rules::Rules),
    /// Explain a rule (why, fix, bad and good example) or a key
    Explain(explain::Explain),
    /// Show known facts about a product, with sources
    Vendors(vendors::Vendors),
    /// Write a starter configuration with a pattern, an example app and teams
    Init(init::Init),
    /// Write a new rule of your own
    New(new::New),
    /// Run the tests of rules: the YAML blocks of their pages and the `_test.rego` files
    Test(test::Test),
    /// Write a complete Waiver: a dated exception to a rule
    Waive(Box<waive::Waive>),
    /// Prepare, sign, verify and revoke sign-offs: signed decisions of reviewers
    Signoff(signoff::SignoffCommand),
    /// Show the configuration in force
    Config(config::ConfigCommand),
    /// Write rules and catalogue as a bundle for OPA
    Bundle(bundle::BundleCommand),
    /// Print a JSON Schema
    Schema(schema::SchemaCommand),
    /// Print shell completions
    Completions(extras::Completions),
    /// Print a manual page
    Man(extras::Man),
    /// Write the rule pages of the repository
    #[command(hide = true)]
    Docs(extras::Docs),
    /// Generate the vendor facts of the repository from their sources
    #[command(hide = true)]
    Facts(vendors::Facts),
    #[command(name = crate::policy::WORKER, hide = true)]
    Worker,
    #[command(name = crate::selftest::TEST_WORKER, hide = true)]
    Trial,
}

/// Removes secrets and control characters from the arguments that an error quotes: escapes the arguments and parses them again.
fn with_escaped_arguments(error: clap::Error, arguments: &[OsString]) -> clap::Error {
    // If an argument is not UTF-8, the error does not quote it.
    if !error.use_stderr() || error.kind() == clap::error::ErrorKind::InvalidUtf8 {
        return error;
    }
    let escaped = arguments.iter().map(|argument| OsString::from(common::safe(&argument.to_string_lossy())));
    let unclear = || clap::Error::raw(error.kind(), "an argument has a character that cannot be shown\n");
    Cli::try_parse_from(escaped).err().unwrap_or_else(unclear)
}

/// Runs leaver with these arguments (the first is the program's name) and returns the exit status.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if let Some(failure) = arguments::reject_ambiguous(&arguments) {
        return ExitCode::from(common::refuse(&[failure], &style::stdout(style::When::Auto)));
    }
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let error = with_escaped_arguments(error, &arguments);
            // A closed pipe is not an error.
            drop(error.print());
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    // Child processes handle no signals and start no thread pool, because their parent controls them.
    if !matches!(cli.command, Command::Worker | Command::Trial) {
        crate::interrupt::listen();
        crate::threads::start(match &cli.command {
            Command::Check(check) => check.threads(),
            _ => None,
        });
    }
    // No other code reads the working directory.
    let here = std::env::current_dir().ok().and_then(|here| Utf8PathBuf::from_path_buf(here).ok());
    let files = Workspace::of_disk(here.as_deref().unwrap_or(Utf8Path::new("")));
    let code = match cli.command {
        Command::Check(command) => command.run(&files, cli.color),
        Command::Observe(command) => command.run(&files, cli.color),
        Command::Import(command) => command.run(&files, cli.color),
        Command::Diff(command) => command.run(&files, cli.color),
        Command::List(command) => command.run(&files, cli.color),
        Command::Query(command) => command.run(&files, cli.color),
        Command::Show(command) => command.run(&files, cli.color),
        Command::Rules(command) => command.run(&files, cli.color),
        Command::Explain(command) => command.run(&files, cli.color),
        Command::Vendors(command) => command.run(&files, cli.color),
        Command::Init(command) => command.run(&files, cli.color),
        Command::New(command) => command.run(&files, cli.color),
        Command::Test(command) => command.run(&files, cli.color),
        Command::Waive(command) => command.run(&files, cli.color),
        Command::Signoff(command) => command.run(&files, cli.color),
        Command::Config(command) => command.run(&files, cli.color),
        Command::Bundle(command) => command.run(&files, cli.color),
        Command::Schema(command) => command.run(),
        Command::Completions(command) => command.run(),
        Command::Man(command) => command.run(cli.color),
        Command::Docs(command) => command.run(&files, cli.color),
        Command::Facts(command) => command.run(cli.color),
        Command::Worker => match crate::policy::worker(io::stdin().lock(), io::stdout().lock()) {
            Ok(()) => 0,
            Err(_) => 2,
        },
        Command::Trial => match crate::selftest::serve(&files, io::stdin().lock(), io::stdout().lock()) {
            Ok(()) => 0,
            Err(_) => 2,
        },
    };
    ExitCode::from(code)
}
