//! Reads private ECDSA keys that OpenSSH wrote (<https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key>). OpenSSH strips leading zeros
//! of the private scalar, so one scalar in 512 has fewer than 32 bytes. `ssh-key` 0.6 cannot read such a key.

use base64ct::{Base64, Encoding};
use ssh_key::PrivateKey;

const MAGIC: &[u8] = b"openssh-key-v1\0";
const KIND: &[u8] = b"ecdsa-sha2-nistp256";
/// Length of a P-256 scalar in bytes.
const SIZE: usize = 32;
/// Unencrypted private sections are padded to a multiple of this many bytes.
const BLOCK: usize = 8;

/// Reads a P-256 key without a passphrase, even if its scalar is short. Returns `None` for any other key.
pub(super) fn read(text: &str) -> Option<PrivateKey> {
    let body: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
    let bytes = Base64::decode_vec(&body).ok()?;
    PrivateKey::from_bytes(&with_padded_scalar(&bytes)?).ok()
}

/// Pads the scalar of a key to 32 bytes.
fn with_padded_scalar(key: &[u8]) -> Option<Vec<u8>> {
    let mut rest = key.strip_prefix(MAGIC)?;
    let (cipher, _, _) = (string(&mut rest)?, string(&mut rest)?, string(&mut rest)?);
    let (count, after) = rest.split_first_chunk::<4>()?;
    rest = after;
    string(&mut rest)?;
    let head = key.get(..key.len() - rest.len())?;
    let private = string(&mut rest)?;
    if cipher != b"none" || u32::from_be_bytes(*count) != 1 || !rest.is_empty() {
        return None;
    }
    // The private section has two equal check numbers (8 bytes), then type, curve, public key, scalar, comment and padding.
    let mut inner = private.get(8..)?;
    if string(&mut inner)? != KIND {
        return None;
    }
    string(&mut inner)?;
    string(&mut inner)?;
    let mut longer = private.get(..private.len() - inner.len())?.to_vec();
    let (number, comment) = (string(&mut inner)?, string(&mut inner)?);
    let mut full = vec![0; SIZE.checked_sub(number.len())?];
    full.extend(number);
    push_string(&mut longer, &full)?;
    push_string(&mut longer, comment)?;
    let missing = longer.len().next_multiple_of(BLOCK) - longer.len();
    longer.extend((1..=u8::MAX).take(missing));
    let mut whole = head.to_vec();
    push_string(&mut whole, &longer)?;
    Some(whole)
}

/// Splits off a string: its length in four bytes, then its bytes (RFC 4251, section 5).
fn string<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    let (string, after) = after.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    *rest = after;
    Some(string)
}

fn push_string(to: &mut Vec<u8>, string: &[u8]) -> Option<()> {
    to.extend(u32::try_from(string.len()).ok()?.to_be_bytes());
    to.extend(string);
    Some(())
}
