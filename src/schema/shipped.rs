//! The schemas by which leaver reads files. Whether a document fits is told by code that the build makes of them; only for one that does not is
//! the schema itself compiled, to say what is wrong. A test compares the two.

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
    /// Who may sign off: `trust/approvers.yaml`.
    APPROVERS, Approvers: "schemas/approvers.schema.json";
    /// `leaver.yaml`.
    CONFIG, Config: "schemas/config.schema.json";
    /// Declarations.
    DECLARATIONS, Declarations: "schemas/leaver.schema.json";
    /// Catalogues of controls.
    FRAMEWORK, FrameworkFile: "schemas/framework.schema.json";
    /// Profiles.
    PROFILE, Profile: "schemas/profile.schema.json";
    /// The METADATA of a rule.
    RULE, Rule: "schemas/rule.schema.json";
    /// Facts about vendors.
    VENDORS, Vendors: "schemas/vendors.schema.json";
}
