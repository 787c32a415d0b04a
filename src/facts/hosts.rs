//! Refuses sources on certain hosts: previews and copies of pages, which disappear and may differ from the vendor's page.

use std::collections::BTreeMap;

use super::rows::{SourceFault, fault, records};

/// The table of refused hosts: `refused`, `why`. `.a.example` refuses the host `a.example` and all hosts below it; `word` refuses each host that has
/// this word as a part.
pub(super) const HOSTS: &str = "hosts.csv";

/// Refused hosts and words, with the reasons.
pub(super) struct Refused(Vec<(String, String)>);

impl Refused {
    pub(super) fn new(sources: &BTreeMap<String, String>, faults: &mut Vec<SourceFault>) -> Self {
        let mut refused = Vec::new();
        for (place, record) in records(HOSTS, sources.get(HOSTS).map_or("", String::as_str), faults) {
            let get = |column: &str| record.get(column).map(|text| text.trim().to_lowercase()).unwrap_or_default();
            let (host, why) = (get("refused"), get("why"));
            if host.trim_start_matches('.').is_empty() || why.is_empty() {
                faults.push(fault(place, "`refused` or `why` is empty"));
            } else {
                refused.push((host, why));
            }
        }
        Self(refused)
    }

    /// The reason to refuse a URL.
    pub(super) fn reason(&self, url: &str) -> Option<&str> {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default().to_lowercase();
        // The last part is a top-level domain, in which words such as `dev` and `app` do not count.
        let parts = host.rsplit_once('.').map_or("", |(parts, _)| parts);
        let matches = |refused: &str| match refused.strip_prefix('.') {
            Some(bare) => host == bare || host.ends_with(refused),
            None => parts.split(['.', '-']).any(|word| word == refused),
        };
        self.0.iter().find(|(refused, _)| matches(refused)).map(|(_, why)| why.as_str())
    }
}
