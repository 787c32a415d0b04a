//! The built-in schemas. At build time, code is generated from each schema; this code decides whether a document is valid. At run time, the schema
//! itself is compiled only to explain errors. A test compares the results of both.

#![allow(missing_docs, clippy::all, clippy::pedantic, reason = "generated")]

use super::Shape;

macro_rules! shipped {
    ($($(#[$doc:meta])* $name:ident, $fits:ident: $path:literal;)*) => {$(
        #[jsonschema::validator(
            path = $path,
            draft = Draft202012,
            validate_formats = true,
            formats = { "calendar-date" => crate::schema::is_calendar_date },
            pattern_options = { engine = regex },
            methods = { is_valid = true, validate = false, iter_errors = false }
        )]
        struct $fits;

        $(#[$doc])*
        pub static $name: Shape = Shape::shipped($path, include_str!(concat!("../../", $path)), $fits::is_valid);
    )*};
}

shipped! {
    /// `trust/approvers.yaml`, which lists who may sign off.
    APPROVERS, Approvers: "schemas/approvers.schema.json";
    /// `leaver.yaml`.
    CONFIG, Config: "schemas/config.schema.json";
    /// Declarations.
    DECLARATIONS, Declarations: "schemas/leaver.schema.json";
    /// Control frameworks.
    FRAMEWORK, FrameworkFile: "schemas/framework.schema.json";
    /// Profiles.
    PROFILE, Profile: "schemas/profile.schema.json";
    /// The METADATA of a rule.
    RULE, Rule: "schemas/rule.schema.json";
    /// Facts about vendors.
    VENDORS, Vendors: "schemas/vendors.schema.json";
}
