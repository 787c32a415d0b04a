//! One file of the catalogue: its declarations, and findings on their shape.

use std::sync::Arc;

use crate::{
    config::Config,
    finding::{Finding, Related, Step},
    model::Declaration,
    report::{Code, Failure},
    rule::{RuleId, Severity},
    schema::{Breach, Declared, declare, is_telling},
    source::{Entries, Parsed, Place, Problem, SourceFile, Span, absolute, parse},
};

/// A file of the catalogue.
pub(crate) struct Loaded {
    pub(crate) declarations: Vec<Declaration>,
    pub(crate) findings: Vec<Finding>,
    /// Limits that were hit: what lies behind them was not looked at.
    pub(super) failures: Vec<Failure>,
    pub(super) skipped: usize,
}

impl Loaded {
    /// A file that was read before: its declarations.
    pub(super) fn again(declarations: &[Declaration]) -> Self {
        Self { declarations: declarations.to_vec(), findings: Vec::new(), failures: Vec::new(), skipped: 0 }
    }
}

/// One file to declarations and findings of their shape.
pub(crate) fn load(file: impl Into<Arc<SourceFile>>, config: &Config, named: bool) -> Loaded {
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
        let severity = config.all_rules.get(&rule).map_or(Severity::Error, |meta| meta.severity);
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
        for Breach { kind, span, message, help, path } in breaches {
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
    // The trust root, sign-offs and the like are read elsewhere. An example on a rule's page is judged as a file of its own.
    let page = camino::Utf8Path::new(file.path()).extension() == Some("md");
    if !page && (loaded.skipped > 0 || !bare.is_empty()) && config.owns(&absolute(file.path())) {
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
    // A template of another tool may hold anything; its parts are no documents yet.
    if ours || problems.is_empty() {
        for Breach { kind, span, message, help, path } in bare {
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
    } else if !problems.is_empty() && !config.owns(&absolute(file.path())) {
        loaded.skipped += 1;
    }
    loaded
}

/// Whether a file that is no valid YAML was meant for leaver: a broken Helm template is not leaver's to report, a broken declaration is.
fn is_ours(text: &str) -> bool {
    // UTF-16 without a mark is UTF-8 with a NUL beside every letter.
    if text.contains('\0') {
        return is_ours(&text.replace('\0', ""));
    }
    text.to_lowercase().contains("leaver/v") || text.lines().any(is_telling)
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn a_broken_file_is_ours_by_what_stands_in_it() {
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
