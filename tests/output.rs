//! Every format draws the same fixed reports: as snapshots, by foreign schemas, and against hostile text.

#[path = "common/report.rs"]
mod fixed;

use std::{collections::BTreeSet, fs, path::Path};

use leaver::{
    output::{Format, Style, render},
    report::Report,
    rule::Severity,
};
use serde_json::Value;

/// A fixed report.
type Make = fn() -> Report;

const CASES: [(&str, Make); 12] = [
    ("empty", fixed::empty),
    ("clean", fixed::clean),
    ("one", fixed::one),
    ("many", fixed::many),
    ("warning", fixed::warning),
    ("waived", fixed::waived),
    ("failures", fixed::failures),
    ("unicode", fixed::unicode),
    ("long-line", fixed::long_line),
    ("block", fixed::block),
    ("hostile", fixed::hostile),
    ("annotations", annotations),
];

/// More findings of a kind than GitHub annotates.
fn annotations() -> Report {
    let file = fixed::file("apps/monday.yaml", fixed::MONDAY);
    let one = |severity, path: &str| {
        fixed::finding(
            "jit/no-update-owner",
            severity,
            "monday",
            path,
            fixed::at(&file, "update", 0),
            &format!("monday: {path}"),
        )
    };
    let findings = (0..14)
        .flat_map(|nth| [one(Severity::Error, &format!("e{nth}")), one(Severity::Info, &format!("i{nth}"))])
        .collect();
    fixed::report(findings, vec![], fixed::run())
}

fn drawn(format: Format, report: &Report, style: &Style) -> String {
    let mut bytes = Vec::new();
    render(format, report, style, &mut bytes).expect("a vector takes everything");
    String::from_utf8(bytes).expect("output is UTF-8")
}

/// Output without what changes with each version of leaver.
fn stable(text: &str) -> String {
    text.replace(&format!("\"{}\"", env!("CARGO_PKG_VERSION")), "\"[version]\"")
}

fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn every_format_draws_every_report() {
    for (name, make) in CASES {
        for format in Format::ALL {
            let text = drawn(format, &make(), &Style::default());
            let text = if format == Format::Sarif { pretty(&text) } else { text };
            snapshot(&format!("{name}.{format}"), &stable(&text));
        }
    }
}

/// SARIF is written on one line; a snapshot of that would show nothing.
fn pretty(text: &str) -> String {
    let value: Value = serde_json::from_str(text).expect("SARIF is JSON");
    serde_json::to_string_pretty(&value).expect("a value becomes text")
}

#[test]
fn full_fits_the_terminal() {
    let looks = [
        ("60", Style { width: 60, ..Style::default() }),
        ("200", Style { width: 200, ..Style::default() }),
        ("color", Style { color: true, hyperlinks: true, ..Style::default() }),
        ("ascii", Style { unicode: false, ..Style::default() }),
        ("statistics", Style { statistics: true, ..Style::default() }),
        ("quiet", Style { quiet: true, ..Style::default() }),
    ];
    for (look, style) in looks {
        for (name, make) in CASES {
            if ["many", "long-line", "failures", "clean", "unicode"].contains(&name) {
                let text = drawn(Format::Full, &make(), &style).replace('\u{1b}', "␛");
                snapshot(&format!("{name}.full-{look}"), &text);
            }
        }
    }
}
