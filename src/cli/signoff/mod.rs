//! `leaver signoff`: from the review pack to a signature that anyone can verify, and the state of the sign-off folder.

mod args;
mod pack;
mod prepare;
mod revoke;
mod sign;
mod status;
mod verify;

use crate::files::Workspace;
use clap::{Args, Subcommand};

use super::style::When;

/// Arguments of `leaver signoff`.
#[derive(Debug, Clone, Args)]
pub(super) struct SignoffCommand {
    #[command(subcommand)]
    command: Sub,
}

#[derive(Debug, Clone, Subcommand)]
enum Sub {
    /// Show the sign-offs of each app: reviewers, expiry, and changes since the sign-off
    Status(status::Status),
    /// Write the review pack of some apps, for reviewers to read before they sign
    Prepare(prepare::Prepare),
    /// Write the manifest of a decision and print the command that signs it
    Sign(Box<sign::Sign>),
    /// Verify signatures and signers
    Verify(verify::Verify),
    /// Revoke a sign-off or a key
    Revoke(revoke::Revoke),
}

impl SignoffCommand {
    pub(super) fn run(&self, files: &Workspace, when: When) -> u8 {
        match &self.command {
            Sub::Status(command) => command.run(files, when),
            Sub::Prepare(command) => command.run(files, when),
            Sub::Sign(command) => command.run(files, when),
            Sub::Verify(command) => command.run(files, when),
            Sub::Revoke(command) => command.run(files, when),
        }
    }
}
