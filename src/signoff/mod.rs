//! Sign-offs: a reviewer's signed decision about exact content. This module computes facts about manifests, signatures, keys and changes. The rules
//! in `policies/signoff` evaluate these facts.

mod digest;
mod folder;
mod json;
mod ledger;
mod manifest;
mod material;
mod moment;
mod policy;
mod reference;
mod short_key;
mod signature;
mod signers;
mod table;
mod trust;

pub use digest::{APP_TAG, DigestError, canonical, digest};
pub use folder::{Artefact, artefacts};
pub use ledger::{Entry, Ledger, LedgerInput, SignatureState, TrustedContent, ledger, refusal};
pub use manifest::{
    AppContent, Condition, Counts, Decision, Manifest, ManifestError, PREDICATE_TYPE, PolicyState, Predicate,
    WaiverRecord, write_manifest,
};
pub use material::{Difference, Materiality, changes};
pub use moment::Moment;
pub use policy::policy_digest;
pub use reference::{REFERENCE_TAG, Reference, References};
pub use signature::{NAMESPACE, Seal, SealError, SignError, seal, sign};
pub use signers::{Signer, SignersError, parse_signers};
pub use table::{Line, table};
pub use trust::{Approver, FILES, Revocation, SUMS, TrustRoot, sums};

/// Maximum size of a manifest in bytes, which is enough for a thousand apps.
pub const MANIFEST_BYTES: usize = 4 * 1024 * 1024;
/// Maximum number of paths in each list of a manifest's materiality, as in `schemas/config.schema.json`. It limits the time, because each path is
/// compared with each field.
pub const MATERIALITY_PATHS: usize = 200;
/// Maximum length of a path in these lists in bytes, as in the schema.
pub const PATH_BYTES: usize = 300;
/// Maximum size of a signature in bytes. ECDSA P-256 needs about 500.
pub const SIGNATURE_BYTES: usize = 16 * 1024;
/// Maximum size of a file in the trust folder, in bytes.
pub const TRUST_BYTES: usize = 256 * 1024;
