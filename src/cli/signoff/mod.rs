//! `leaver signoff`: the way of a reviewer from the review pack to a signature that anyone can check, and what the folder holds.

mod args;
mod pack;
mod prepare;
mod revoke;
mod sign;
mod status;
mod verify;

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
    /// Show the sign-offs of each app: who, until when, what changed since
    Status(status::Status),
    /// Write the review pack of some apps: what a reviewer reads before signing
    Prepare(prepare::Prepare),
    /// Write the manifest of a decision, and print how to sign it
    Sign(Box<sign::Sign>),
    /// Check signatures and signers
    Verify(verify::Verify),
    /// Withdraw a sign-off, or a key that is lost
    Revoke(revoke::Revoke),
}

impl SignoffCommand {
    pub(super) fn run(&self, when: When) -> u8 {
        match &self.command {
            Sub::Status(command) => command.run(when),
            Sub::Prepare(command) => command.run(when),
            Sub::Sign(command) => command.run(when),
            Sub::Verify(command) => command.run(when),
            Sub::Revoke(command) => command.run(when),
        }
    }
}
