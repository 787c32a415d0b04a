//! Creates and verifies detached SSH signatures, in the format of `ssh-keygen -Y sign`
//! (<https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.sshsig>). Supports only Ed25519 and ECDSA P-256.

use ed25519_dalek::VerifyingKey;
use ssh_key::{Algorithm, EcdsaCurve, HashAlg, LineEnding, PrivateKey, PublicKey, SshSig, public::KeyData};

use super::short_key;

/// The namespace of sign-offs, so that a signature of a commit or login is never valid as a sign-off.
pub const NAMESPACE: &str = "leaver-signoff@v1";

/// The message for a key with which anyone can sign.
pub(super) const WEAK: &str = "its key is weak, so that anyone can sign with it; ssh-keygen never creates such a key";

/// A valid signature: this key signed these bytes as a sign-off. The owner of the key is not verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    key: KeyData,
    /// `SHA256:…`, as `ssh-keygen -l` prints it.
    pub fingerprint: String,
}

impl Seal {
    /// Whether `key` made the signature.
    pub fn is_of(&self, key: &PublicKey) -> bool {
        key.key_data() == &self.key
    }
}

/// Why a signature is invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The signature is not in the format of `ssh-keygen -Y sign`.
    #[error("it is not an SSH signature: {0}")]
    Form(String),
    /// A different encoding of the same signature. Only the canonical encoding is accepted, so that no byte of the file can change. (Both forms of an
    /// ECDSA signature, (r, s) and (r, -s), are accepted, because ssh-keygen may write either.)
    #[error("it is not in the form that `ssh-keygen -Y sign` writes")]
    Spelling,
    /// An unsupported key type.
    #[error("its key is of type {0}; only Ed25519 and ECDSA P-256 are accepted")]
    Kind(String),
    /// A weak key: one signature is valid for every text (RFC 8032, 8.4: points of low order), so anyone can forge signatures.
    #[error("{WEAK}")]
    Weak,
    /// The signature is for another namespace.
    #[error("it is for `{0}`, not for `{NAMESPACE}`")]
    Namespace(String),
    /// The file was changed, or another key signed it.
    #[error("it does not match the file: one of the two was changed after signing")]
    Mismatch,
}

/// Verifies a signature over `message`.
pub fn seal(message: &[u8], signature: &str) -> Result<Seal, SealError> {
    let parsed = SshSig::from_pem(signature).map_err(|error| SealError::Form(error.to_string()))?;
    if !parsed.to_pem(LineEnding::LF).is_ok_and(|again| again == signature) {
        return Err(SealError::Spelling);
    }
    let key = parsed.public_key();
    if !is_accepted(&key.algorithm()) {
        return Err(SealError::Kind(key.algorithm().to_string()));
    }
    if is_weak(key) {
        return Err(SealError::Weak);
    }
    if parsed.namespace() != NAMESPACE {
        return Err(SealError::Namespace(parsed.namespace().to_owned()));
    }
    if !parsed.reserved().is_empty() || parsed.version() != SshSig::VERSION {
        return Err(SealError::Form("it has a part that this version of leaver does not support".into()));
    }
    let public = PublicKey::from(key.clone());
    public.verify(NAMESPACE, message, &parsed).map_err(|_| SealError::Mismatch)?;
    Ok(Seal { key: key.clone(), fingerprint: fingerprint(&public) })
}

/// Returns the fingerprint of a key, `SHA256:…`.
pub(super) fn fingerprint(key: &PublicKey) -> String {
    key.fingerprint(HashAlg::Sha256).to_string()
}

pub(super) const fn is_accepted(kind: &Algorithm) -> bool {
    matches!(kind, Algorithm::Ed25519 | Algorithm::Ecdsa { curve: EcdsaCurve::NistP256 })
}

/// Whether anyone could sign with this key.
pub(super) fn is_weak(key: &KeyData) -> bool {
    match key.ed25519().map(VerifyingKey::try_from) {
        None => false,
        Some(Ok(key)) => key.is_weak(),
        // The key is not a point on the curve, so no signature is valid. Refuse such a key too.
        Some(Err(_)) => true,
    }
}

/// Why leaver cannot sign with a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The key is not an OpenSSH private key.
    #[error("it is not an OpenSSH private key: {0}")]
    Form(String),
    /// The key is protected by a passphrase.
    #[error("it is protected by a passphrase")]
    Encrypted,
    /// An unsupported key type.
    #[error("it is of type {0}; only Ed25519 and ECDSA P-256 are accepted")]
    Kind(String),
    /// An error of the crate `ssh-key`.
    #[error("it cannot sign: {0}")]
    Refused(String),
}

/// Signs `message` with an OpenSSH private key that has no passphrase.
pub fn sign(message: &[u8], key: &str) -> Result<String, SignError> {
    let key = PrivateKey::from_openssh(key)
        .or_else(|error| short_key::read(key).ok_or_else(|| SignError::Form(error.to_string())))?;
    if key.is_encrypted() {
        return Err(SignError::Encrypted);
    }
    if !is_accepted(&key.algorithm()) {
        return Err(SignError::Kind(key.algorithm().to_string()));
    }
    let signature =
        key.sign(NAMESPACE, HashAlg::Sha512, message).map_err(|error| SignError::Refused(error.to_string()))?;
    signature.to_pem(LineEnding::LF).map_err(|error| SignError::Refused(error.to_string()))
}
