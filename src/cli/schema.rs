//! `leaver schema`: prints the published schemas.

use clap::Args;

use super::common::print;
use crate::schema;

/// Arguments of `leaver schema`.
#[derive(Debug, Clone, Args)]
pub(super) struct SchemaCommand {
    /// The schema to print
    #[arg(value_enum, default_value_t = Which::Declarations)]
    which: Which,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Which {
    /// App, Pattern, Team, System, Waiver, Snapshot, Observation
    Declarations,
    /// leaver.yaml
    Config,
    /// A profile
    Profile,
    /// A control framework
    Framework,
    /// Facts about vendors
    Vendors,
    /// The METADATA block of a rule
    Rule,
    /// The json format of a report
    Report,
    /// The json format of `leaver diff`
    Diff,
    /// The json format of `leaver list`
    List,
    /// The json format of `leaver query`
    Query,
    /// leaver's own format of exports, for `leaver observe observation`
    Observation,
    /// The manifest of a sign-off
    Signoff,
    /// approvers.yaml of the trust root of sign-offs
    Approvers,
}

impl SchemaCommand {
    pub(super) fn run(&self) -> u8 {
        let text = match self.which {
            Which::Declarations => schema::DECLARATIONS.text(),
            Which::Config => schema::CONFIG.text(),
            Which::Profile => schema::PROFILE.text(),
            Which::Framework => schema::FRAMEWORK.text(),
            Which::Vendors => schema::VENDORS.text(),
            Which::Rule => schema::RULE.text(),
            Which::Report => include_str!("../../schemas/report.schema.json"),
            Which::Diff => include_str!("../../schemas/diff.schema.json"),
            Which::List => include_str!("../../schemas/list.schema.json"),
            Which::Query => include_str!("../../schemas/query.schema.json"),
            Which::Observation => include_str!("../../schemas/observation.schema.json"),
            Which::Signoff => include_str!("../../schemas/signoff.schema.json"),
            Which::Approvers => schema::APPROVERS.text(),
        };
        print(|out| out.write_all(text.as_bytes()))
    }
}
