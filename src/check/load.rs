//! Loads a file of the catalogue: its declarations and the schema findings.

use std::sync::Arc;

use camino::Utf8Path;

use crate::{
    config::Config,
    finding::{Finding, Related, Step},
    model::Declaration,
    report::{Code, Failure},
    rule::RuleId,
    ruleset::Ruleset,
    schema::{Breach, Declared, declare, suggests_leaver},
    source::{Entries, Parsed, Place, Problem, SourceFile, Span, parse},
};

/// A loaded file of the catalogue.
pub(crate) struct Loaded {
    pub(crate) declarations: Vec<Declaration>,
    pub(crate) findings: Vec<Finding>,
    /// Failures because of exceeded limits. The rest of the file was not checked.
    pub(super) failures: Vec<Failure>,
    pub(super) skipped: usize,
}

impl Loaded {
    /// The result for a file whose declarations are already parsed.
    pub(super) fn from_parsed(declarations: &[Declaration]) -> Self {
        Self { declarations: declarations.to_vec(), findings: Vec::new(), failures: Vec::new(), skipped: 0 }
    }
}

/// Parses a file and validates its declarations. `named` is true if the user named the file.
pub(crate) fn load(file: impl Into<Arc<SourceFile>>, config: &Config, ruleset: &Ruleset, named: bool) -> Loaded {
    let file = file.into();
    let Parsed { documents, problems } = parse(&file, &config.limits.yaml);
    let mut loaded = Loaded { declarations: Vec::new(), findings: Vec::new(), failures: Vec::new(), skipped: 0 };
    let make = |rule: &str,
                span: Span,
                message: String,
                help: Option<String>,
                path: Vec<Step>,
                declaration: Option<&Declaration>| {
        let rule: RuleId = rule.parse().ok()?;
        let severity = ruleset.written_severity(&rule);
        Some(Finding {
            help,
            subject: declaration.filter(|declaration| !declaration.name.is_empty()).map(Declaration::subject),
            path,
            ..Finding::new(rule, severity, message, Place { file: Arc::clone(&file), span })
        })
    };
    let mut bare = Vec::new();
    for document in documents {
        let (declaration, breaches) = match declare(&file, document) {
            Declared::Foreign => {
                loaded.skipped += 1;
                continue;
            }
            Declared::Bare(breach) => {
                bare.push(breach);
                continue;
            }
            Declared::Envelope(breaches) => (None, breaches),
            Declared::Declaration(declaration, breaches) => (Some(*declaration), breaches),
        };
        let mut entries = Entries::default();
        for Breach { kind, span, message, help, path, .. } in breaches {
            let at = declaration.as_ref().map(|declaration| {
                let exists = declaration.root.at(&path).is_some();
                (entries.address(&declaration.root, &path), exists, declaration.identity())
            });
            let found = make(kind.rule(), span, message, help, path, declaration.as_ref());
            loaded.findings.extend(found.map(|found| match at {
                Some((address, exists, identity)) => Finding { address, exists, identity, ..found },
                None => found,
            }));
        }
        loaded.declarations.extend(declaration);
    }
    // Other modules check the configuration, the trust root and sign-offs, so this module ignores them. Examples on a rule's page are always checked.
    let page = Utf8Path::new(file.path()).extension() == Some("md");
    if !page && (loaded.skipped > 0 || !bare.is_empty()) && config.owns(&config.files.absolute(file.path())) {
        loaded.skipped = 0;
        bare.clear();
    }
    let (limits, problems): (Vec<Problem>, Vec<Problem>) = problems.into_iter().partition(|problem| problem.limit);
    loaded.failures.extend(limits.into_iter().map(|Problem { span, message, help, .. }| {
        let place = Some(Place { file: Arc::clone(&file), span });
        Failure { help, place, ..Failure::new(Code::Limit, message) }
    }));
    let foreign = loaded.declarations.is_empty() && loaded.findings.is_empty();
    let ours = named || !foreign || is_ours(file.text());
    if let Some((span, found)) = break_in_comment(file.text())
        && (ours || is_ours(&file.text().replace(OTHER_BREAKS, "\n")))
    {
        let message = format!(
            "a comment contains U+{:04X}, which other YAML readers treat as a line break: they do not read the rest as a comment",
            u32::from(found)
        );
        let help = Some("write a line break, or remove the character".to_owned());
        loaded.findings.extend(make("schema/syntax", span, message, help, Vec::new(), None));
    }
    // A template of another tool is not valid YAML, so parts of it are not documents.
    if ours || problems.is_empty() {
        for Breach { kind, span, message, help, path, .. } in bare {
            loaded.findings.extend(make(kind.rule(), span, message, help, path, None));
        }
    }
    if ours {
        for Problem { span, message, help, related, .. } in problems {
            let finding = make("schema/syntax", span, message, help, Vec::new(), None).map(|mut finding| {
                finding.related.extend(related.map(|(span, message)| Related {
                    message,
                    subject: None,
                    place: Place { file: Arc::clone(&file), span },
                }));
                finding
            });
            loaded.findings.extend(finding);
        }
    } else if !problems.is_empty() && !config.owns(&config.files.absolute(file.path())) {
        loaded.skipped += 1;
    }
    loaded
}

/// Characters that break a line in YAML 1.1, but not in YAML 1.2, which leaver reads.
const OTHER_BREAKS: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];

/// The first character of [`OTHER_BREAKS`] in a comment, if the comment continues after the character.
fn break_in_comment(text: &str) -> Option<(Span, char)> {
    if !text.contains(OTHER_BREAKS) {
        return None;
    }
    let mut start = 0;
    for line in text.split_inclusive(['\n', '\r']) {
        let is_comment = |before: &str| before.chars().next_back().is_none_or(char::is_whitespace);
        let hash = line.match_indices('#').find(|(at, _)| line.get(..*at).is_some_and(is_comment));
        let comment = hash.and_then(|(at, _)| Some((start + at, line.get(at..)?)));
        let found = comment.and_then(|(at, comment)| {
            let (nth, found) = comment.char_indices().find(|(_, c)| OTHER_BREAKS.contains(c))?;
            let rest = comment.get(nth..)?.trim_start_matches(OTHER_BREAKS).trim();
            (!rest.is_empty()).then_some((Span::new(at + nth, at + nth + found.len_utf8()), found))
        });
        if found.is_some() {
            return found;
        }
        start += line.len();
    }
    None
}

/// Whether invalid YAML was meant for leaver: a broken declaration must be reported, but not a broken Helm template.
fn is_ours(text: &str) -> bool {
    // If UTF-16 without a byte order mark is read as UTF-8, there is a NUL next to every letter.
    if text.contains('\0') {
        return is_ours(&text.replace('\0', ""));
    }
    text.to_lowercase().contains("leaver/v") || text.lines().any(suggests_leaver)
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn invalid_yaml_that_was_meant_for_leaver_is_recognised() {
        for text in [
            "apiVersion: leaver/v1\n",
            "x:\n  provisioning: {mode: jit\n",
            "kind: App\n",
            "kind:  Waiver \n",
            "{\"kind\": \"Team\",\n",
            "ApiVersion: Leaver.io\n",
            "- kind: App\n",
            "аpiVersion: 'lеaver-v1'\n",
        ] {
            assert!(is_ours(text), "{text}");
            let wide: String = text.chars().flat_map(|c| [c, '\0']).collect();
            assert!(is_ours(&wide), "{text} in UTF-16");
        }
        for text in
            ["", "kind: Deployment\n", "kind: Application\n", "{{- if .Values.on }}\na: [\n", "# provisioning: none\n"]
        {
            assert!(!is_ours(text), "{text}");
        }
    }
}
