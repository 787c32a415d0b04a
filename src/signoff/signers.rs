//! Reads `allowed_signers`, in the format of OpenSSH (ssh-keygen(1), ALLOWED SIGNERS), so that `ssh-keygen -Y verify` reads the same file. Refuses
//! lines with patterns, local times or certificate authorities, because they would make the file less strict.

use ssh_key::PublicKey;

use super::{
    moment::Moment,
    signature::{NAMESPACE, WEAK, fingerprint, is_accepted, is_weak},
};

/// Word separators.
const BLANKS: [char; 2] = [' ', '\t'];

/// A person's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// The owner, as for ssh-keygen's `-I`.
    pub principal: String,
    /// The key.
    pub key: PublicKey,
    /// `SHA256:…`
    pub fingerprint: String,
    /// The first moment at which the key is valid.
    pub valid_after: Option<Moment>,
    /// The last moment at which the key is valid.
    pub valid_before: Option<Moment>,
    /// Whether the key may sign sign-offs. A line may allow a key only for git.
    pub for_signoffs: bool,
}

impl Signer {
    /// Whether the key is valid at a moment. Both ends are inclusive, as in OpenSSH.
    pub fn valid_at(&self, moment: &Moment) -> bool {
        self.valid_after.as_ref().is_none_or(|from| from <= moment)
            && self.valid_before.as_ref().is_none_or(|until| moment <= until)
    }
}

/// An error in a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct SignersError {
    /// The line number, from 1.
    pub line: usize,
    /// The reason.
    pub reason: String,
}

/// Reads an allowed signers file.
pub fn parse_signers(text: &str) -> Result<Vec<Signer>, Vec<SignersError>> {
    let mut signers: Vec<Signer> = Vec::new();
    let mut errors = Vec::new();
    for (index, line) in text.lines().enumerate() {
        // Trim only the characters that OpenSSH treats as blanks. For OpenSSH, a no-break space is part of a name.
        let line = line.trim_start_matches(BLANKS).trim_end_matches([' ', '\t', '\r']);
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let signer = parse_line(line).and_then(|signer| {
            let known = signers.iter().any(|known| known.key.key_data() == signer.key.key_data());
            if known {
                Err("this key is already in a line above: a key belongs to one person".into())
            } else {
                Ok(signer)
            }
        });
        match signer {
            Ok(signer) => signers.push(signer),
            Err(reason) => errors.push(SignersError { line: index + 1, reason }),
        }
    }
    if errors.is_empty() { Ok(signers) } else { Err(errors) }
}

fn parse_line(line: &str) -> Result<Signer, String> {
    let (principal, rest) = line.split_once([' ', '\t']).ok_or("it has no key")?;
    if principal.contains(['*', '?', '!', ',', '"', '\\']) {
        return Err(format!(
            "`{principal}` is not one principal: write a line for each person, without patterns, since a shared key would count as several people"
        ));
    }
    if !principal.chars().all(|c| c.is_ascii_graphic()) {
        return Err("a principal must consist of visible ASCII characters, such as ada@example.com".into());
    }
    let rest = rest.trim_start_matches(BLANKS);
    let (options, key) = split_options(rest)?;
    let mut signer = Signer {
        principal: principal.to_owned(),
        key: public_key(key)?,
        fingerprint: String::new(),
        valid_after: None,
        valid_before: None,
        for_signoffs: false,
    };
    signer.fingerprint = fingerprint(&signer.key);
    let mut seen: Vec<String> = Vec::new();
    for option in options {
        let (name, value) = option.split_once('=').map_or((option.as_str(), None), |(name, value)| (name, Some(value)));
        // OpenSSH accepts only quoted values, with nothing before or after the quotes.
        let value = match value.map(|value| value.strip_prefix('"').and_then(|value| value.strip_suffix('"'))) {
            None => None,
            Some(Some(value)) if !value.contains('"') => Some(value),
            Some(_) => return Err(format!("write the value of `{name}` in quotation marks: `{name}=\"…\"`")),
        };
        // OpenSSH ignores the case of option names.
        let name = name.to_ascii_lowercase();
        if seen.contains(&name) {
            return Err(format!("the option `{name}` appears twice"));
        }
        let time = || {
            let value = value.unwrap_or_default();
            // OpenSSH does not accept times before the Unix epoch.
            Moment::parse_openssh(value)
                .filter(|moment| moment.as_str() >= "1971")
                .map(Some)
                .ok_or_else(|| format!("`{name}={value}` is not a time in UTC such as 20261231Z or 202612312359Z; without Z it depends on the machine's time zone"))
        };
        match name.as_str() {
            "namespaces" => {
                let words: Vec<&str> = value.unwrap_or_default().split(',').collect();
                if words.iter().any(|word| word.is_empty() || word.contains(['*', '?', '!'])) {
                    return Err("`namespaces` has a pattern or an empty name: write the names out".into());
                }
                signer.for_signoffs = words.contains(&NAMESPACE);
            }
            "valid-after" => signer.valid_after = time()?,
            "valid-before" => signer.valid_before = time()?,
            "cert-authority" => {
                return Err(
                    "`cert-authority` is not accepted: list the keys of persons, since leaver checks no certificates"
                        .into(),
                );
            }
            other => return Err(format!("unknown option `{other}`")),
        }
        seen.push(name);
    }
    if !seen.iter().any(|name| name == "namespaces") {
        return Err(format!(
            "it has no `namespaces=\"{NAMESPACE}\"`: without it, a key that is only for git could sign sign-offs"
        ));
    }
    Ok(signer)
}

/// Splits a line into its options, if there are any, and the key after them.
fn split_options(rest: &str) -> Result<(Vec<String>, &str), String> {
    let first = rest.split([' ', '\t']).next().unwrap_or_default();
    if first.starts_with("ssh-") || first.starts_with("ecdsa-") || first.starts_with("sk-") {
        return Ok((Vec::new(), rest));
    }
    let mut options = vec![String::new()];
    let mut quoted = false;
    for (at, c) in rest.char_indices() {
        match c {
            '"' => {
                quoted = !quoted;
                options.last_mut().into_iter().for_each(|option| option.push(c));
            }
            '\\' => return Err("options with `\\` are not accepted".into()),
            ',' if !quoted => options.push(String::new()),
            ' ' | '\t' if !quoted => {
                return Ok((options, rest.get(at..).unwrap_or_default().trim_start_matches(BLANKS)));
            }
            _ => options.last_mut().into_iter().for_each(|option| option.push(c)),
        }
    }
    Err(if quoted { "a quotation mark is not closed".into() } else { "it has no key".into() })
}

fn public_key(text: &str) -> Result<PublicKey, String> {
    let mut words = text.split([' ', '\t']).filter(|word| !word.is_empty());
    let (Some(kind), Some(body)) = (words.next(), words.next()) else { return Err("it has no key".into()) };
    let bare = format!("{kind} {body}");
    let key = PublicKey::from_openssh(&bare).map_err(|error| format!("its key cannot be read: {error}"))?;
    if !is_accepted(&key.algorithm()) {
        return Err(format!("its key is of type {kind}; only Ed25519 and ECDSA P-256 are accepted"));
    }
    if is_weak(key.key_data()) {
        return Err(WEAK.into());
    }
    // If the key were in another encoding, a text search would not find it.
    if key.to_openssh().ok().as_deref() != Some(bare.as_str()) {
        return Err("its key is not in the form that ssh-keygen writes".into());
    }
    Ok(key)
}
