//! Resolves the settings. `leaver.yaml` overrides the profile and the defaults, and the command line overrides all three. This module reads no rules.

use std::mem;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde_json::Value;

use super::{
    Config, ConfigError, Overrides, RuleLayer,
    file::Limits,
    load::{load_profile, path_in_catalogue, read_as},
    names::own_paths,
    resolver::{DEFAULT, Resolver},
    signoff::resolve_signoff,
};
use crate::{
    rule::Severity,
    source::{Selection, YamlLimits},
};

/// Default base URL of the rule pages.
const DOCS_URL: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/rules");

/// Resolves the settings. If the resolver has failures afterwards, the result is incomplete and only serves to find more errors.
pub(crate) fn resolve_settings(resolver: &mut Resolver<'_>, overrides: &Overrides) -> Config {
    let loaded = resolver.loaded;
    let entries = &loaded.entries;
    let selection = Selection {
        include: resolve_globs(resolver, "include", &entries.include),
        exclude: resolve_globs(resolver, "exclude", &entries.exclude),
    };
    let fail_on = resolve_fail_on(resolver, overrides);
    let baseline = resolve_baseline(resolver);
    let limits = resolve_limits(resolver);
    let docs_url = entries.docs_url.as_deref().map(|url| url.trim_end_matches('/').to_owned());
    let docs_url = resolver.value_or_default(&["docsUrl"], docs_url, DOCS_URL.to_owned());
    let policies = resolver.paths("policies", &entries.policies);
    let vendors = read_vendors(resolver);
    let frameworks = resolver.paths("frameworks", &entries.frameworks);
    let profile = resolve_profile(resolver, overrides);
    let mut rule_layers = read_profiles(resolver, &profile, overrides);
    rule_layers.push(RuleLayer { profile: None, rules: entries.rules.clone() });
    let signoff = resolve_signoff(resolver);
    Config {
        files: loaded.files.clone(),
        root: loaded.root.clone(),
        has_file: loaded.source.is_some(),
        own_paths: own_paths(loaded, &profile, &signoff),
        selection,
        profile,
        policies,
        frameworks,
        rule_layers,
        select: overrides.select.clone(),
        ignore: overrides.ignore.clone(),
        vendors,
        fail_on,
        baseline,
        docs_url,
        limits,
        signoff,
        settings: mem::take(&mut resolver.settings),
    }
}

fn resolve_globs(resolver: &mut Resolver<'_>, key: &str, patterns: &[String]) -> Option<GlobSet> {
    if patterns.is_empty() {
        return None;
    }
    let mut builder = GlobSetBuilder::new();
    for pattern in patterns {
        match GlobBuilder::new(pattern).literal_separator(true).build() {
            Ok(glob) => {
                builder.add(glob);
                resolver.record(key, pattern.as_str(), resolver.origin_of(&[key]));
            }
            Err(error) => {
                resolver.fail_at(&[key], ConfigError::new(format!("`{pattern}` is not a glob: {}", error.kind())));
            }
        }
    }
    let globs = builder.build().map_err(|error| {
        let message = format!("the globs of `{key}` cannot be used together: {}", error.kind());
        resolver.fail_at(&[key], ConfigError::new(message));
    });
    globs.ok()
}

fn resolve_fail_on(resolver: &mut Resolver<'_>, overrides: &Overrides) -> Severity {
    let key = "failOn";
    let (severity, origin) = match (overrides.fail_on, resolver.loaded.entries.fail_on) {
        (Some(severity), _) => (severity, "--fail-on".to_owned()),
        (None, Some(severity)) => (severity, resolver.origin_of(&[key])),
        (None, None) => (Severity::Error, DEFAULT.to_owned()),
    };
    resolver.record(key, severity.as_str(), origin);
    severity
}

/// The file of known findings, which must be in the catalogue.
fn resolve_baseline(resolver: &mut Resolver<'_>) -> Option<String> {
    let key = "baseline";
    let relative = resolver.loaded.entries.baseline.clone()?;
    if let Err(error) = path_in_catalogue(&resolver.loaded.root, &relative) {
        resolver.fail_at(&[key], error);
        return None;
    }
    resolver.record(key, relative.as_str(), resolver.origin_of(&[key]));
    Some(relative)
}

fn resolve_limits(resolver: &mut Resolver<'_>) -> Limits {
    let given = resolver.loaded.entries.limits.clone();
    let base = Limits::default();
    let mut count_or_default =
        |key: &str, given: Option<usize>, default: usize| resolver.value_or_default(&["limits", key], given, default);
    let file_bytes = count_or_default("fileBytes", given.file_bytes, base.file_bytes);
    let yaml = YamlLimits {
        documents: count_or_default("documents", given.documents, base.yaml.documents),
        depth: count_or_default("depth", given.depth, base.yaml.depth),
        nodes: count_or_default("nodes", given.nodes, base.yaml.nodes),
        aliases: count_or_default("aliases", given.aliases, base.yaml.aliases),
    };
    Limits {
        file_bytes,
        yaml,
        findings: count_or_default("findings", given.findings, base.findings),
        rule_millis: resolver.value_or_default(&["limits", "ruleMillis"], given.rule_millis, base.rule_millis),
        total_seconds: resolver.value_or_default(&["limits", "totalSeconds"], given.total_seconds, base.total_seconds),
        memory_mib: resolver.value_or_default(&["limits", "memoryMiB"], given.memory_mib, base.memory_mib),
    }
}

/// Reads the user's own facts about vendors.
fn read_vendors(resolver: &mut Resolver<'_>) -> Value {
    let key = "vendors";
    let loaded = resolver.loaded;
    let mut vendors = serde_json::Map::new();
    for relative in &loaded.entries.vendors {
        let file = path_in_catalogue(&loaded.root, relative)
            .map_err(|error| vec![error.at(loaded.place(&[key]))])
            .and_then(|path| read_as::<Value>(&loaded.files, &path, &crate::schema::VENDORS));
        match file {
            Ok((value, _, _)) => {
                resolver.record(key, relative.as_str(), resolver.origin_of(&[key]));
                vendors.extend(value.get(key).and_then(Value::as_object).cloned().unwrap_or_default());
            }
            Err(errors) => errors.into_iter().for_each(|error| resolver.fail(error)),
        }
    }
    Value::Object(vendors)
}

/// The name of the profile.
fn resolve_profile(resolver: &mut Resolver<'_>, overrides: &Overrides) -> String {
    let key = "profile";
    let (name, origin) = match (&overrides.profile, &resolver.loaded.entries.profile) {
        (Some(name), _) => (name.clone(), "--profile".to_owned()),
        (None, Some(name)) => (name.clone(), resolver.origin_of(&[key])),
        (None, None) => ("default".to_owned(), DEFAULT.to_owned()),
    };
    resolver.record(key, name.as_str(), origin);
    name
}

/// Reads the profile and all profiles that it extends.
fn read_profiles(resolver: &mut Resolver<'_>, name: &str, overrides: &Overrides) -> Vec<RuleLayer> {
    let loaded = resolver.loaded;
    match load_profile(&loaded.files, name, &loaded.root) {
        Ok(chain) => {
            let layer =
                |profile: super::file::ProfileFile| RuleLayer { profile: Some(profile.name), rules: profile.rules };
            chain.into_iter().map(layer).collect()
        }
        Err(errors) => {
            let place = if overrides.profile.is_none() { loaded.place(&["profile"]) } else { None };
            for error in errors {
                let place = error.place.clone().or_else(|| place.clone());
                resolver.fail(error.at(place));
            }
            Vec::new()
        }
    }
}
