//! Parses the `# METADATA` block of a rule, which is the only description of the rule. The block has OPA's annotation format
//! (<https://www.openpolicyagent.org/docs/policy-language#metadata>). leaver parses the block itself, because the engine drops comments.

use std::{collections::BTreeMap, sync::Arc};

use serde::Deserialize;
use serde_json::Value;

use crate::{
    model::KINDS,
    report::{Code, Failure},
    rule::{Link, Maturity, Origin, Param, Precision, RuleId, RuleMeta, Scope, Severity},
    schema::{RULE, nearest},
    source::{Place, SourceFile, Span, YamlLimits, parse},
};

/// The content of the block.
#[derive(Deserialize)]
pub(in crate::policy) struct Annotation {
    title: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    related_resources: Vec<Link>,
    custom: Custom,
}

#[derive(Deserialize)]
struct Custom {
    severity: Severity,
    precision: Precision,
    status: Maturity,
    since: String,
    scope: Value,
    #[serde(default)]
    when: BTreeMap<String, Vec<Value>>,
    #[serde(default)]
    reads: Vec<String>,
    fix: String,
    #[serde(default)]
    controls: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    params: BTreeMap<String, Param>,
    #[serde(default)]
    native: bool,
    #[serde(default)]
    secret: bool,
}

/// Parses the metadata of a rule file and checks it against `schemas/rule.schema.json`. Each fault is a failure with a place.
pub fn metadata(id: &RuleId, file: &Arc<SourceFile>, origin: Origin, page: String) -> Result<RuleMeta, Vec<Failure>> {
    let failure = |span: Span, message: String, help: Option<String>| Failure {
        help,
        ..Failure::new(Code::Policy, message).at(Place { file: Arc::clone(file), span }).of(id.clone())
    };
    let Some(masked) = mask(file.text()) else {
        let help = "start the file with a `# METADATA` block; `leaver new rule` writes one".to_owned();
        return Err(vec![failure(Span::new(0, 0), "the rule has no `# METADATA` block".into(), Some(help))]);
    };
    let masked = SourceFile::new(file.path(), masked);
    let parsed = parse(&masked, &YamlLimits::default());
    let mut failures: Vec<Failure> = parsed
        .problems
        .into_iter()
        .map(|problem| failure(problem.span, format!("METADATA: {}", problem.message), problem.help))
        .collect();
    let Some(document) = parsed.documents.first() else {
        failures.push(failure(Span::new(0, 0), "the `# METADATA` block is empty".into(), None));
        return Err(failures);
    };
    failures.extend(
        RULE.check(masked.text(), &document.root)
            .into_iter()
            .map(|breach| failure(breach.span, format!("METADATA: {}", breach.message), breach.help)),
    );
    if !failures.is_empty() {
        return Err(failures);
    }
    let annotation: Annotation = serde_json::from_value(Value::from(&document.root))
        .map_err(|error| vec![failure(document.root.span(), format!("METADATA: {error}"), None)])?;
    let custom = &annotation.custom;
    if let Scope::Kinds(kinds) = scope(&custom.scope)
        && let Some(unknown) = kinds.iter().find(|kind| !KINDS.contains(&kind.as_str()))
    {
        let help = nearest(unknown, KINDS.into_iter().chain(["catalogue", "document"]))
            .map_or_else(|| format!("the kinds are {}", KINDS.join(", ")), |near| format!("did you mean `{near}`?"));
        let message = format!("METADATA: `{unknown}` in `scope` is not a kind of declaration");
        return Err(vec![failure(document.root.span(), message, Some(help))]);
    }
    if !custom.when.is_empty() && !matches!(scope(&custom.scope), Scope::Kinds(_)) {
        let help = "remove `when`: it needs a rule on single declarations";
        return Err(vec![failure(
            document.root.span(),
            "METADATA: `when` needs a scope of kinds".into(),
            Some(help.into()),
        )]);
    }
    if !custom.reads.is_empty() && scope(&custom.scope) != Scope::Catalogue {
        let help = "remove `reads`: a rule on single declarations always sees the whole declaration";
        return Err(vec![failure(
            document.root.span(),
            "METADATA: `reads` needs `scope: catalogue`".into(),
            Some(help.into()),
        )]);
    }
    Ok(annotation.describe(id.clone(), origin, page))
}

impl Annotation {
    /// Converts the block to the metadata of a rule.
    pub(in crate::policy) fn describe(self, id: RuleId, origin: Origin, page: String) -> RuleMeta {
        let custom = self.custom;
        RuleMeta {
            id,
            title: self.title,
            why: one_line(&self.description),
            fix: one_line(&custom.fix),
            severity: custom.severity,
            precision: custom.precision,
            maturity: custom.status,
            since: custom.since,
            scope: scope(&custom.scope),
            when: custom.when,
            reads: custom.reads,
            controls: custom.controls,
            params: custom.params,
            links: self.related_resources,
            native: custom.native,
            secret: custom.secret,
            origin,
            page,
        }
    }
}

/// Replaces everything but the metadata by blanks of the same length, so that spans are valid in the rule file.
fn mask(text: &str) -> Option<String> {
    let mut masked = String::with_capacity(text.len());
    let mut state = 0;
    for line in text.split_inclusive('\n') {
        let body = line.trim_end_matches(['\n', '\r']);
        match state {
            0 if body == "# METADATA" => {
                state = 1;
                masked.extend(body.chars().map(|_| ' '));
            }
            1 if body.starts_with("# ") || body == "#" => {
                masked.push(' ');
                masked.push_str(body.get(1..).unwrap_or_default());
            }
            _ => {
                state = if state == 1 { 2 } else { state };
                masked.extend(std::iter::repeat_n(' ', body.len()));
            }
        }
        masked.push_str(line.get(body.len()..).unwrap_or_default());
    }
    (state > 0).then_some(masked)
}

fn scope(value: &Value) -> Scope {
    match value {
        Value::String(word) if word == "catalogue" => Scope::Catalogue,
        Value::String(word) if word == "document" => Scope::Document,
        Value::String(word) => Scope::Kinds(vec![word.clone()]),
        many => {
            Scope::Kinds(many.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect())
        }
    }
}

/// Writes a text in one line with single spaces. Most texts already have this form.
fn one_line(text: &str) -> String {
    if text.is_ascii()
        && !text.contains(['\t', '\n', '\x0b', '\x0c', '\r'])
        && !text.contains("  ")
        && text.trim() == text
    {
        return text.to_owned();
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
