//! Resolves the names of commits. Ambiguous names are refused.

use super::{error::VcsError, git::Git};

/// Resolves the name of a commit to its full id. The name is a ref (full, or short if it is unambiguous), HEAD or a commit id, and may end in `~N`
/// and `^N`. All other forms of gitrevisions(7) are refused.
pub(super) fn resolve(git: &Git, name: &str) -> Result<String, VcsError> {
    let (base, suffix) = name.split_at(name.find(['~', '^']).unwrap_or(name.len()));
    let plain = !base.is_empty()
        && !base.starts_with('-')
        && !base.contains(|c: char| c.is_control() || " :?*[\\".contains(c))
        && !base.contains("..")
        && !base.contains("@{");
    if !plain || !suffix.chars().all(|c| c.is_ascii_digit() || c == '~' || c == '^') {
        return Err(VcsError::Name(name.to_owned()));
    }
    let candidates = candidates(git, base)?;
    let base = match candidates.as_slice() {
        [one] => one.as_str(),
        [] => return Err(VcsError::Unknown(name.to_owned())),
        _ => return Err(VcsError::Ambiguous { name: base.to_owned(), candidates }),
    };
    let commit = format!("{base}{suffix}^{{commit}}");
    git.run_text(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])
        .map_err(|_| VcsError::Unknown(name.to_owned()))
}

/// Returns everything that a name could mean: full names of refs, `HEAD`, names such as `FETCH_HEAD`, a commit id.
fn candidates(git: &Git, base: &str) -> Result<Vec<String>, VcsError> {
    // HEAD is never ambiguous: git prefers it to any ref, and a fetch never writes it.
    if matches!(base, "HEAD" | "@") {
        return Ok(vec!["HEAD".into()]);
    }
    let failed = |reason| VcsError::Failed { subject: "the names of its refs".into(), reason };
    if base.starts_with("refs/") {
        // Match exactly: `git rev-parse` would fall back to a tag `refs/tags/refs/heads/main`.
        let exists = git.run_text(&["show-ref", "--verify", "--quiet", "--", base]).is_ok();
        return Ok(if exists { vec![base.to_owned()] } else { Vec::new() });
    }
    // Git looks for a short name under these prefixes (gitrevisions(7)).
    let names = [
        format!("refs/{base}"),
        format!("refs/tags/{base}"),
        format!("refs/heads/{base}"),
        format!("refs/remotes/{base}"),
        format!("refs/remotes/{base}/HEAD"),
    ];
    let mut arguments = vec!["for-each-ref", "--format=%(refname)"];
    arguments.extend(names.iter().map(String::as_str));
    let listed = git.run_text(&arguments).map_err(failed)?;
    // `for-each-ref` also lists all refs below the given names, so remove them.
    let mut found: Vec<String> =
        listed.lines().filter(|candidate| names.iter().any(|name| name == candidate)).map(str::to_owned).collect();
    // If a tag or local branch has the name of a remote branch, the name is ambiguous, even if the remote branch is not fetched.
    if let Some((remote, _)) = base.split_once('/')
        && let [one] = found.as_slice()
        && !one.starts_with("refs/remotes/")
        && git.run_text(&["remote"]).map_err(failed)?.lines().any(|name| name == remote)
    {
        found.push(format!("refs/remotes/{base}"));
    }
    let pseudo = base.ends_with("_HEAD") && base.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    let hexadecimal = (4..=64).contains(&base.len()) && base.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_id = || git.run_text(&["rev-parse", &format!("--disambiguate={base}")]).is_ok_and(|ids| !ids.is_empty());
    if pseudo || (hexadecimal && is_id()) {
        found.push(base.to_owned());
    }
    Ok(found)
}
