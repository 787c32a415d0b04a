//! The combined content of all files of an export.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{ADAPTERS, Adapter, Export, Observed, Page, Source, clean, recognised::adapter_of};
use crate::{
    output::summary::counted,
    report::{Code, Failure},
    source::redact,
};

/// Why an export is incomplete or uncertain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    MorePages,
    MaybeMorePages,
    DuplicateIds,
    UnreadableEntries,
    ManagedOnly,
    PartialFormat,
    NoEntries,
    Filtered,
    Stated,
}

impl Gap {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::MorePages => "more-pages",
            Self::MaybeMorePages => "maybe-more-pages",
            Self::DuplicateIds => "duplicate-ids",
            Self::UnreadableEntries => "unreadable-entries",
            Self::ManagedOnly => "managed-only",
            Self::PartialFormat => "partial-format",
            Self::NoEntries => "no-entries",
            Self::Filtered => "filtered",
            Self::Stated => "stated",
        }
    }

    /// Whether the export may lack an existing application.
    pub(super) fn is_incomplete(self) -> bool {
        self != Self::DuplicateIds
    }
}

/// Information that the export itself does not contain.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The name of the System, if it differs from the format's default.
    pub system: Option<String>,
    /// The date of the export.
    pub taken_on: Option<String>,
    /// The id of the application, for an export that describes only one.
    pub app_id: Option<String>,
    /// Whether the export has every application. If this is `None`, the export itself decides.
    pub complete: Option<bool>,
    /// The current date.
    pub today: String,
}

/// The content of the exports for one system.
#[derive(Debug, Clone, Default)]
pub(super) struct SystemContent {
    pub(super) apps: BTreeMap<String, Observed>,
    pub(super) gaps: BTreeSet<Gap>,
    pub(super) counts: BTreeMap<&'static str, u64>,
    /// The kinds of entries that the export lists completely. A missing entry of these kinds no longer exists. `None` means all kinds.
    pub(super) complete_kinds: Option<BTreeSet<String>>,
    /// Whether a file contains an error response.
    pub(super) unanswered: bool,
    /// The date of the earliest page.
    day: Option<String>,
}

impl SystemContent {
    /// Whether the export covers the kind of an entry. If so, an entry that is missing in the export no longer exists.
    pub(super) fn covers_kind_of(&self, id: &str, observed: &Observed) -> bool {
        self.complete_kinds.as_ref().is_none_or(|kinds| kinds.contains(kind(id, observed)))
    }
}

/// Returns the kind of an entry. An inventory has several kinds of components, and their ids begin with the kind. A component whose id names no kind
/// is an application.
fn kind<'a>(id: &'a str, observed: &'a Observed) -> &'a str {
    match observed.text("kind") {
        Some("component") => id.split_once(':').map_or("app", |(kind, _)| kind),
        Some(kind) => kind,
        None => "app",
    }
}

/// Everything collected so far.
#[derive(Debug, Clone, Default)]
pub struct Collected {
    /// The content by system and format, because two formats may describe one system differently.
    pub(super) systems: BTreeMap<(String, &'static str), SystemContent>,
    /// Notes for people.
    pub notes: Vec<String>,
    /// Notes on single entries and files: the first notes are shown, the others are counted.
    entry_notes: Vec<String>,
    /// Headers of the HTTP responses that came with the export.
    pub(super) headers: Vec<String>,
    pub(super) options: Options,
    /// Values that an adapter recognises but rejects.
    pub(super) refused: Vec<Failure>,
}

/// Maximum number of notes on entries that are shown; the others are counted. Also the maximum number of files whose failures are reported.
const NOTES: usize = 20;

impl Collected {
    /// Returns the content collected for a system.
    pub(super) fn system(&mut self, adapter: &dyn Adapter, name: Option<&str>) -> &mut SystemContent {
        let name = name.or(self.options.system.as_deref()).unwrap_or(adapter.system()).to_owned();
        self.systems.entry((name, adapter.name())).or_default()
    }

    pub(super) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(redact(&note.into()).into_owned());
    }

    /// Adds a note on one entry or file. Only some of these notes are shown, so that notes on the whole export stay visible.
    pub(super) fn note_entry(&mut self, note: impl Into<String>) {
        self.entry_notes.push(redact(&note.into()).into_owned());
    }

    /// Refuses an export with flattened objects or lists at these pointers: PowerShell's `ConvertTo-Json` writes everything below the second level as
    /// text, and `Export-Csv` everything below the first.
    pub(super) fn refuse_flattened(&mut self, page: &Page, pointer: &str, entry: &Value, places: &[&str]) {
        let flattened = |place: &&&str| entry.pointer(&format!("/{place}")).is_some_and(is_flattened);
        if let Some(key) = places.iter().find(flattened)
            && !self.refused.iter().any(|failure| failure.file.as_ref() == Some(&page.shown))
        {
            let message = format!(
                "`{}`: {}: `{key}` is a text, so the export is cut off below it",
                page.shown,
                entry_position(page, pointer)
            );
            let help = "with PowerShell, use `ConvertTo-Json -Depth 20`, or write the response itself to a file";
            self.refused.push(Failure::new(Code::Read, message).help(help).file(&page.shown));
        }
    }

    /// Records an entry that cannot be read.
    pub(super) fn unreadable(
        &mut self,
        adapter: &dyn Adapter,
        system: Option<&str>,
        page: &Page,
        pointer: &str,
        why: &str,
    ) {
        self.system(adapter, system).gaps.insert(Gap::UnreadableEntries);
        self.note_entry(format!("{}: {}: {why}; the entry is left out", page.shown, entry_position(page, pointer)));
    }

    /// Adds an application. A different application with the same id is reported.
    pub(super) fn add(&mut self, adapter: &dyn Adapter, system: Option<&str>, id: String, observed: Observed) {
        let shown = self.system(adapter, system);
        let Some(there) = shown.apps.get_mut(&id) else {
            shown.apps.insert(id, observed);
            return;
        };
        let mut same = observed.clone();
        same.source = there.source.clone();
        if *there != same {
            shown.gaps.insert(Gap::DuplicateIds);
            self.note_entry(format!("the id `{id}` occurs twice with different content; the first one counts"));
        }
    }

    /// Records the date of a page: the stated date, otherwise the date of the file's last modification, at most today. The pages of an export are
    /// fetched one after the other, so the earliest date counts.
    pub(super) fn date(&mut self, adapter: &dyn Adapter, system: Option<&str>, page: &Page, stated: Option<String>) {
        let written = || page.written.clone().map(|day| day.min(self.options.today.clone()));
        let Some(day) = stated.or_else(written) else { return };
        let shown = self.system(adapter, system);
        if shown.day.as_ref().is_none_or(|other| day < *other) {
            shown.day = Some(day);
        }
    }

    /// Returns the date on which a system was exported.
    pub(super) fn day<'a>(&'a self, shown: &'a SystemContent) -> &'a str {
        let day = self.options.taken_on.as_deref().or(shown.day.as_deref());
        day.unwrap_or(&self.options.today)
    }

    /// Removes systems without a readable entry, because their empty Snapshot would replace a Snapshot with content.
    fn drop_unread(&mut self) -> Result<(), Vec<Failure>> {
        let unread = |shown: &SystemContent| shown.unanswered || shown.gaps.contains(&Gap::UnreadableEntries);
        let has_content = |shown: &SystemContent| {
            let partial = unread(shown) || shown.gaps.contains(&Gap::PartialFormat);
            !partial || !shown.apps.is_empty() || !shown.counts.is_empty() || shown.gaps.contains(&Gap::MorePages)
        };
        let broken = self.systems.values().any(|shown| unread(shown) && !has_content(shown));
        self.systems.retain(|_, shown| has_content(shown));
        if !broken || !self.systems.is_empty() {
            return Ok(());
        }
        let failure = Failure::new(Code::Read, "no entry of the exports can be read".to_owned());
        let first = self.entry_notes.first().or(self.notes.first()).cloned().unwrap_or_default();
        Err(vec![failure.help(format!("export them again; {first}"))])
    }

    /// Treats an empty export as incomplete. Every system has applications, so a filter or missing permissions of the token must have hidden them.
    fn treat_empty_as_incomplete(&mut self) {
        let doubted =
            |shown: &SystemContent| shown.apps.is_empty() && !shown.gaps.iter().any(|gap| gap.is_incomplete());
        let mut notes = Vec::new();
        for ((system, _), shown) in self.systems.iter_mut().filter(|(_, shown)| doubted(shown)) {
            shown.gaps.insert(Gap::NoEntries);
            notes.push(format!(
                "{system}: the list of applications is empty, so the export counts as incomplete: check that the token may read them"
            ));
        }
        self.notes.extend(notes);
    }

    /// Removes the time of the last success if it is in the future. Such a time comes from a wrong clock or a faulty export, and would hide that
    /// provisioning has stopped.
    fn drop_future(&mut self) {
        let today = self.options.today.clone();
        let mut notes = Vec::new();
        for ((system, _), shown) in &mut self.systems {
            for (id, observed) in &mut shown.apps {
                if observed.text("health.lastSuccess").is_some_and(|moment| moment.get(..10) > Some(today.as_str())) {
                    observed.unset("health.lastSuccess");
                    notes.push(format!("{system}: `{id}`: the last success is after today, {today}; it is left out"));
                }
            }
        }
        self.entry_notes.extend(notes);
    }

    /// Puts the notes on entries, up to the limit, before the other notes, and states how many more there are.
    fn append_entry_notes(&mut self) {
        let mut notes = std::mem::take(&mut self.entry_notes);
        let more = notes.len().saturating_sub(NOTES);
        notes.truncate(NOTES);
        if more > 0 {
            notes.push(format!("{more} more like these"));
        }
        notes.append(&mut self.notes);
        self.notes = notes;
    }

    /// Whether an export has every application of its system.
    pub(super) fn is_complete(&self, shown: &SystemContent) -> bool {
        self.options.complete.unwrap_or_else(|| !shown.gaps.iter().any(|gap| gap.is_incomplete()))
    }

    /// Counts the applications of each system. The boolean states whether the export of the system is complete.
    pub fn counts(&self) -> Vec<(String, usize, bool)> {
        let count = |((name, _), shown): (&(String, &str), &SystemContent)| {
            (name.clone(), shown.apps.len(), self.is_complete(shown))
        };
        self.systems.iter().map(count).collect()
    }
}

/// Describes the position of an entry.
fn entry_position(page: &Page, pointer: &str) -> String {
    let document = page.document.map(|at| format!("document {at}, ")).unwrap_or_default();
    let pointer = format!("{}{pointer}", page.within);
    format!("{document}{}", if pointer.is_empty() { "top" } else { &pointer })
}

/// Whether a value is a list, has a list at `key`, or is one of several concatenated values. False for a response with a single object.
pub(super) fn is_list(page: &Page, key: &str) -> bool {
    page.value.is_array()
        || page.value.get(key).is_some_and(Value::is_array)
        || page.document.is_some()
        || !page.within.is_empty()
}

/// Whether a page with this many entries may be full. People choose round page sizes: 50, 100, 200, 500.
pub(super) fn may_be_full(size: u64) -> bool {
    size > 0 && size.is_multiple_of(50)
}

/// Returns the source of an entry.
pub(super) fn source(page: &Page, pointer: impl Into<String>) -> Source {
    let pointer = format!("{}{}", page.within, pointer.into());
    Source { file: page.file(), document: page.document, pointer, address: None }
}

/// Returns the entries of a list, or of the list at `key`, each with its pointer. For any other mapping, returns the mapping itself.
pub(super) fn entries<'a>(page: &'a Page, key: &str) -> Vec<(String, &'a Value)> {
    let list = |prefix: &str, items: &'a [Value]| -> Vec<(String, &'a Value)> {
        items.iter().enumerate().map(|(at, item)| (format!("{prefix}/{at}"), item)).collect()
    };
    match &page.value {
        Value::Array(items) => list("", items),
        Value::Object(map) => match map.get(key) {
            Some(Value::Array(items)) => list(&format!("/{key}"), items),
            _ => vec![(String::new(), &page.value)],
        },
        _ => Vec::new(),
    }
}

/// Returns the id that an entry has at `key`.
pub(super) fn id_at(entry: &Value, key: &str) -> Option<String> {
    clean::id(entry.get(key)?.as_str()?)
}

/// Reads exports in the given format, or detects it (`auto`).
pub fn collect(format: &str, exports: &[Export], options: Options) -> Result<Collected, Vec<Failure>> {
    let mut collected = Collected { options, ..Collected::default() };
    let mut failures = Vec::new();
    let mut pages: BTreeMap<usize, Vec<Page>> = BTreeMap::new();
    let chosen = ADAPTERS.iter().position(|adapter| adapter.name() == format);
    let mut empty = Vec::new();
    for export in exports {
        match export.read() {
            Ok((headers, found)) => {
                collected.headers.extend(headers);
                for page in found {
                    match adapter_of(&page, chosen) {
                        Ok(Some(adapter)) => pages.entry(adapter).or_default().push(page),
                        Ok(None) => empty.push(page.shown),
                        Err(failure) => failures.push(failure),
                    }
                }
            }
            Err(failure) => failures.push(failure),
        }
    }
    if !failures.is_empty() {
        return Err(once_per_file(failures));
    }
    if let Some(file) = empty.first().filter(|_| pages.is_empty()) {
        let message = format!("`{file}` is an empty list, so the exports are empty");
        let help = "export it again without a filter, with a token that may read the entries";
        return Err(vec![Failure::new(Code::Read, message).help(help).file(file)]);
    }
    for (adapter, pages) in pages {
        if let Some(adapter) = ADAPTERS.get(adapter) {
            adapter.read(&pages, &mut collected);
        }
    }
    if !collected.refused.is_empty() {
        return Err(once_per_file(collected.refused));
    }
    collected.drop_unread()?;
    collected.treat_empty_as_incomplete();
    collected.drop_future();
    collected.append_entry_notes();
    Ok(collected)
}

/// Keeps the first failure of each file and adds the number of the other failures, because a file may have thousands.
fn once_per_file(failures: Vec<Failure>) -> Vec<Failure> {
    let mut kept: Vec<(Failure, usize)> = Vec::new();
    for failure in failures {
        let same = kept.iter_mut().find(|(first, _)| first.file.is_some() && first.file == failure.file);
        if let Some((_, others)) = same {
            *others += 1;
        } else if kept.len() < NOTES {
            kept.push((failure, 0));
        }
    }
    let with_number = |(failure, others): (Failure, usize)| {
        if others == 0 {
            return failure;
        }
        let message =
            format!("{} ({} in it cannot be read either)", failure.message, counted(others, "other document"));
        Failure { message, ..failure }
    };
    kept.into_iter().map(with_number).collect()
}

/// Whether PowerShell or a script wrote a text instead of an object or a list.
fn is_flattened(value: &Value) -> bool {
    const STARTS: &[&str] = &["@{", "System.", "Microsoft.", "[object Object]"];
    match value {
        Value::String(text) => STARTS.iter().any(|start| text.starts_with(start)),
        Value::Array(items) => items.iter().any(|item| item.is_string() && is_flattened(item)),
        _ => false,
    }
}

/// Whether a value is the address or token of a next page. `null` and an empty text mean that there is no next page.
pub(super) fn is_token(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty())
}
