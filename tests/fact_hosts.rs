//! The generator refuses a source that is a preview or a copy of a page. `data/sources/hosts.csv` lists the hosts of previews and copies.

use std::collections::BTreeMap;

use leaver::facts::generate;

use crate::fact_sources::{FACTS, NAMES, dated, sources};

/// Generates a fact with this source, and returns the faults. The refused hosts are those of this repository.
fn faults_of(source: &str) -> String {
    let sources = BTreeMap::from([
        ("names.csv".to_owned(), format!("{NAMES}a,A,,,\n")),
        ("hosts.csv".to_owned(), sources()["hosts.csv"].clone()),
        ("facts.csv".to_owned(), format!("{FACTS}{}", dated(source, "2026-01-01", "2026-01-01"))),
    ]);
    generate(&sources).err().unwrap_or_default().iter().map(|fault| format!("{fault}\n")).collect()
}

#[test]
fn a_preview_or_a_copy_is_not_a_source() {
    for source in [
        "https://acme-docs.vercel.app/scim",
        "https://vercel.app",
        "https://deploy-preview-12--acme.netlify.app/docs",
        "https://docs-preview-eww.pages.dev/en",
        "https://auth0-migration.mintlify.app/docs/scim",
        "https://www.mintlify.com/bitwarden/server/services/scim",
        "https://docs-staging-docs-update.auth0-mintlify.app/docs",
        "https://sentry-docs-nzfwv3ahn.sentry.dev/api/scim",
        "https://docs-staging.datadoghq.com/somebody/account_management/scim/",
        "https://staging.acme.example/docs",
        "https://Preview.acme.example/docs",
        "https://raw.githubusercontent.com/acme/docs/main/scim.md",
    ] {
        let found = faults_of(source);
        assert!(found.contains("is not the vendor's page") && found.contains("facts.csv:2"), "{source}: {found}");
    }
    for source in [
        "https://vercel.com/docs/security/directory-sync",
        "https://docs.slack.dev/reference/scim-api",
        "https://github.com/acme/docs/blob/staging/scim.md",
        "https://acme.example/preview/staging",
        "https://previewed.example/docs",
        "https://notvercel.app/docs",
    ] {
        assert_eq!(faults_of(source), "", "{source}");
    }
}

#[test]
fn a_refused_host_has_a_name_and_a_reason() {
    for row in [",why", ".,why", ".a.example,"] {
        let sources = BTreeMap::from([
            ("names.csv".to_owned(), format!("{NAMES}a,A,,,\n")),
            ("hosts.csv".to_owned(), format!("refused,why\n{row}\n")),
        ]);
        let found: String = generate(&sources).err().unwrap_or_default().iter().map(ToString::to_string).collect();
        assert!(found.contains("data/sources/hosts.csv:2"), "{row}: {found}");
    }
}
