//! leaver's own format, for systems without an adapter: `schemas/observation.schema.json`. Any program that writes JSON can produce it.

use serde_json::Value;

use super::{
    Adapter, Collected, Gap, Observed, Page, clean,
    collected::{id_at, source},
    fields::FIELDS,
};
use crate::report::{Code, Failure};

/// The published format.
pub(super) struct Published;

/// The keys of an export.
const KEYS: &[&str] = &["observation", "system", "takenOn", "complete", "apps", "app"];

/// Returns the position of a page, if the file contains a list of pages.
fn within(page: &Page) -> String {
    if page.within.is_empty() { String::new() } else { format!("{}: ", page.within) }
}

/// The value of the key `observation`.
const VERSION: &str = "leaver/v1";

impl Adapter for Published {
    fn name(&self) -> &'static str {
        "observation"
    }

    fn system(&self) -> &'static str {
        "unnamed"
    }

    fn recognise(&self, page: &Page) -> Option<&'static str> {
        page.value.get("observation").map(|_| "an export in leaver's own format")
    }

    fn read(&self, pages: &[Page], collected: &mut Collected) {
        for page in pages {
            let text = |key: &str| page.value.get(key).and_then(Value::as_str);
            let fail = |collected: &mut Collected, what: &str| {
                let message = format!("`{}`: {what}", page.shown);
                let help = "`leaver schema observation` prints the schema of this format";
                collected.refused.push(Failure::new(Code::Read, message).help(help).file(&page.shown));
            };
            if text("observation") != Some(VERSION) {
                fail(collected, "`observation` is not `leaver/v1`, the supported version of the format");
                continue;
            }
            let fits = |slug: &str| (1..=63).contains(&slug.len()) && Some(slug) == text("system");
            let named = text("system").map(clean::slug).filter(|slug| fits(slug));
            let system = collected.options.system.clone().or(named);
            let Some(system) = system else {
                fail(collected, "it has no `system`, the name of a System");
                continue;
            };
            let stated = text("takenOn").and_then(clean::day);
            // Falling back to the date of the file would make an old export look new.
            let is_stated = page.value.get("takenOn").is_some_and(|day| !day.is_null());
            if is_stated && stated.is_none() && collected.options.taken_on.is_none() {
                fail(collected, "`takenOn` is not a date such as 2026-11-25");
                continue;
            }
            let entries: Vec<(String, &Value)> = match (page.value.get("apps"), page.value.get("app")) {
                (Some(Value::Array(apps)), _) => {
                    apps.iter().enumerate().map(|(at, app)| (format!("/apps/{at}"), app)).collect()
                }
                (None, Some(app)) => vec![("/app".to_owned(), app)],
                _ => {
                    fail(collected, "it has neither a list `apps` nor one `app`");
                    continue;
                }
            };
            collected.date(self, Some(&system), page, stated);
            Self::note_unknown_keys(page, collected);
            let shown = collected.system(self, Some(&system));
            if page.value.get("complete") != Some(&Value::Bool(true)) {
                shown.gaps.insert(Gap::Stated);
            }
            for (pointer, entry) in entries {
                self.entry(page, &system, pointer, entry, collected);
            }
        }
    }
}

impl Published {
    /// Adds a note on each ignored key of the export itself.
    fn note_unknown_keys(page: &Page, collected: &mut Collected) {
        for (key, value) in page.value.as_object().into_iter().flatten() {
            let fits = match key.as_str() {
                "complete" => value.is_boolean(),
                key => KEYS.contains(&key),
            };
            if !fits {
                let what = if KEYS.contains(&key.as_str()) {
                    format!("`{key}` has a value that this field cannot have; it is left out")
                } else {
                    format!(
                        "there is no field `{}`; it is left out",
                        clean::word(key).unwrap_or_else(|| "…".to_owned())
                    )
                };
                collected.note_entry(format!("{}: {}{what}", page.shown, within(page)));
            }
        }
    }

    fn entry(&self, page: &Page, system: &str, pointer: String, entry: &Value, collected: &mut Collected) {
        let place = format!("{}: {}{pointer}", page.shown, page.within);
        let Some(id) = id_at(entry, "appId") else {
            return collected.unreadable(self, Some(system), page, &pointer, "it has no usable `appId`");
        };
        let mut observed = Observed::at(source(page, pointer));
        let others = entry.get("otherIds").and_then(Value::as_array);
        let ids = others.into_iter().flatten().filter_map(|other| clean::id(other.as_str()?));
        observed.other_ids.extend(ids);
        let fits = others.is_some_and(|others| others.iter().all(|other| other.as_str().and_then(clean::id).is_some()));
        if entry.get("otherIds").is_some() && !fits {
            let what = "`otherIds` has a value that this field cannot have; it is left out";
            collected.note_entry(format!("{place}: {what}"));
        }
        for (path, shape) in FIELDS {
            let Some(value) = path.split('.').try_fold(entry, |at, key| at.get(key)) else { continue };
            if shape.of(value).is_some() {
                observed.set(path, value.clone());
            } else {
                collected
                    .note_entry(format!("{place}: `{path}` has a value that this field cannot have; it is left out"));
            }
        }
        each_unknown_key(entry, "", &mut |path| {
            collected.note_entry(format!("{place}: there is no field `{path}`; it is left out"));
        });
        collected.add(self, Some(system), id, observed);
    }
}

/// Reports unknown keys. Only plain words are quoted.
fn each_unknown_key(entry: &Value, prefix: &str, report: &mut dyn FnMut(&str)) {
    for (key, value) in entry.as_object().into_iter().flatten() {
        let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        let is_field = FIELDS.iter().any(|(field, _)| *field == path) || matches!(path.as_str(), "appId" | "otherIds");
        let is_above =
            FIELDS.iter().any(|(field, _)| field.strip_prefix(&path).is_some_and(|rest| rest.starts_with('.')));
        if is_above {
            each_unknown_key(value, &path, report);
        } else if !is_field {
            report(&clean::word(key).unwrap_or_else(|| "…".to_owned()));
        }
    }
}
