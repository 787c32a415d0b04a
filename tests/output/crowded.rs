//! Reports with many findings: grouping, summaries, each fix once, and the owners of findings.

use leaver::{
    finding::{Finding, Owner, Status, WaivedBy},
    output::{Format, GroupBy, Style},
    report::Report,
    rule::Severity,
};
use serde_json::Value;

use super::{CASES, assert_harmless, fixed, parsed, plain, rendered, snapshot};

/// More findings than are shown in full, of many teams and rules.
pub(super) fn crowd() -> Report {
    let file = fixed::file("apps/monday.yaml", fixed::MONDAY);
    let rules = ["jit/no-update-owner", "jit/slow-review", "jit/reactivates-leavers", "catalogue/duplicate-name"];
    let one = |nth: usize| {
        // The least severe findings come first in the file.
        let severity = [Severity::Info, Severity::Warning, Severity::Error][nth / 20];
        let app = format!("app-{}", nth % 14);
        let place = fixed::at(&file, ["update", "400", "status"][nth % 3], 0);
        let message = format!("{app}: finding {nth}");
        let found = fixed::finding(rules[nth % 4], severity, &app, &format!("x{nth}"), place, &message);
        let team = format!("team-{}", nth % 13);
        let contact = format!("{team}@example.com");
        let owner = (!nth.is_multiple_of(13)).then(|| Owner::new(&team, Some(&contact)));
        Finding { owner, ..found }
    };
    fixed::report((0..60).map(one).collect(), vec![], fixed::run())
}

/// More findings of a kind than GitHub annotates.
pub(super) fn annotations() -> Report {
    let file = fixed::file("apps/monday.yaml", fixed::MONDAY);
    let one = |severity, path: String| {
        let message = format!("monday: {path}");
        fixed::finding("jit/no-update-owner", severity, "monday", &path, fixed::at(&file, "update", 0), &message)
    };
    let findings =
        (0..14).flat_map(|nth| [one(Severity::Error, format!("e{nth}")), one(Severity::Info, format!("i{nth}"))]);
    fixed::report(findings.collect(), vec![], fixed::run())
}

/// Findings with the same rule, place and severity share a block, which shows all messages.
#[test]
fn messages_of_one_rule_at_one_place_share_a_block() {
    let file = fixed::file("apps/monday.yaml", fixed::MONDAY);
    let one = |severity, word, path: &str| {
        let message = format!("monday: {path} is missing");
        fixed::finding("jit/no-update-owner", severity, "monday", path, fixed::at(&file, word, 0), &message)
    };
    let findings = vec![
        one(Severity::Info, "update", "a"),
        one(Severity::Info, "update", "b"),
        one(Severity::Error, "update", "c"),
        one(Severity::Info, "status", "d"),
    ];
    let text = rendered(Format::FULL, &fixed::report(findings, vec![], fixed::run()), &Style::default());
    assert_eq!(text.matches("info[jit/no-update-owner]").count(), 2, "{text}");
    assert_eq!(text.matches("error[jit/no-update-owner]").count(), 1, "{text}");
    assert!(["a", "b", "c", "d"].iter().all(|path| text.contains(&format!("{path} is missing"))), "{text}");
    assert!(text.contains("a is missing\n  monday: b is missing\n"), "{text}");
}

const PEOPLE: [Format; 3] = [Format::FULL, Format::CONCISE, Format::MARKDOWN];

#[test]
fn findings_are_grouped_by_owner_app_and_rule() {
    for (name, by) in GroupBy::ALL {
        let style = Style { group_by: Some(by), ..Style::default() };
        for format in PEOPLE {
            for (case, make) in CASES {
                let text = rendered(format, &make(), &style);
                assert_harmless(format, &text);
                if case == "many" || (case == "waived" && by == GroupBy::Owner && format != Format::CONCISE) {
                    snapshot(&format!("{case}.{format}-by-{name}"), &text);
                }
            }
        }
        // Other formats do not change.
        for format in Format::ALL.into_iter().filter(|format| !PEOPLE.contains(format)) {
            assert_eq!(rendered(format, &crowd(), &style), plain(format, &crowd()), "{format}");
        }
    }
}

#[test]
fn many_findings_are_summarized_with_errors_first() {
    let text = plain(Format::FULL, &crowd());
    let at = |needle: &str| text.find(needle).unwrap_or_else(|| panic!("{needle}: {text}"));
    assert!(at("  team\n") < at("  rule\n") && at("  rule\n") < at(": error["), "{text}");
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("apps/")).collect();
    assert_eq!(lines.len(), 60);
    for (lines, word) in lines.chunks(20).zip([": error[", ": warning[", ": info["]) {
        assert!(lines.iter().all(|line| line.contains(word)), "{word}: {lines:#?}");
    }
    let all = rendered(Format::FULL, &crowd(), &Style { all: true, ..Style::default() });
    assert_eq!(all.matches("╭─[").count(), 60);
    assert!(!all.contains("  team\n") && all.contains("fix:"));
    for width in [60, 80, 140] {
        let text = rendered(Format::FULL, &crowd(), &Style { width, ..Style::default() });
        for line in text.lines().filter(|line| !line.starts_with("apps/")) {
            assert!(unicode_width::UnicodeWidthStr::width(line) <= width, "{width}: {line}");
        }
        let text = rendered(Format::FULL, &crowd(), &Style { width, terminal: true, ..Style::default() });
        for line in text.lines() {
            assert!(unicode_width::UnicodeWidthStr::width(line) <= width, "{width}: {line}");
        }
    }
}

/// The closing lines of every run fit the terminal without losing a word.
#[test]
fn the_closing_sentence_is_wrapped() {
    let run = |more: usize| leaver::report::Run {
        apps: 123_456,
        known: 12 * more,
        out_of_focus: 1234 * more,
        skipped_documents: 77 * more,
        ..fixed::run()
    };
    let file = fixed::file("apps/monday.yaml", fixed::MONDAY);
    let failure = || leaver::report::Failure::new(leaver::report::Code::Limit, "x");
    let by = WaivedBy { name: "w".into(), reason: "r".into(), approver: "a".into(), expires: "2027-01-01".into() };
    for (apps, more) in [(0, 0), (0, 1), (1, 0), (60, 0), (60, 1), (600, 1)] {
        let mut findings = Vec::new();
        for nth in 0..apps {
            let severity = Severity::ALL[nth % 3];
            let place = fixed::at(&file, "400", 0);
            let one = fixed::finding("jit/slow-review", severity, &format!("app-{nth}"), "x", place, "m");
            let subject = one.subject.clone().map(|subject| leaver::finding::Subject {
                kind: if nth % 5 == 4 { "Team".into() } else { subject.kind },
                ..subject
            });
            let status = if nth % 7 == 6 && more > 0 { Status::Waived(by.clone()) } else { Status::Open };
            findings.push(Finding { subject: subject.filter(|_| nth % 11 != 10), status, ..one });
        }
        let report = fixed::report(findings, (0..10_000 * more).map(|_| failure()).collect(), run(more));
        for (width, unicode) in [(40, true), (60, true), (60, false), (80, true), (80, false)] {
            let style = Style { width, unicode, ..Style::default() };
            let text = rendered(Format::FULL, &report, &style);
            let start = text.rfind(if unicode { ['✓', '✗', '⚠'].as_slice() } else { &['!'] });
            let start = start.or_else(|| text.rfind("\nx ")).or_else(|| text.rfind("ok ")).unwrap_or(0);
            let closing: Vec<&str> = text[start..].trim_start().lines().take_while(|line| !line.is_empty()).collect();
            for line in &closing {
                assert!(unicode_width::UnicodeWidthStr::width(*line) <= width, "{width}: {line}");
            }
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            let wide = rendered(Format::FULL, &report, &Style { width: 110, unicode, ..Style::default() });
            let closing = words(&closing.join(" "));
            assert!(
                closing.len() > 3 && words(&wide).windows(closing.len()).any(|part| part == closing),
                "{closing:?}"
            );
        }
    }
}

/// Up to 50 findings are shown in full. Waived findings do not count.
#[test]
fn few_findings_are_shown_in_full() {
    let few = |count: usize| Report { findings: crowd().findings.into_iter().take(count).collect(), ..crowd() };
    assert_eq!(plain(Format::FULL, &few(50)).matches("╭─[").count(), 50);
    assert_eq!(plain(Format::FULL, &few(51)).matches("╭─[").count(), 0);
    let mut waived = crowd();
    let by = WaivedBy { name: "w".into(), reason: "r".into(), approver: "a".into(), expires: "2027-01-01".into() };
    waived.findings.iter_mut().take(30).for_each(|finding| finding.status = Status::Waived(by.clone()));
    assert_eq!(plain(Format::FULL, &waived).matches("╭─[").count(), 30);
}

#[test]
fn markdown_has_each_fix_once_and_only_errors_open() {
    let text = plain(Format::MARKDOWN, &crowd());
    for meta in crowd().rules.values().filter(|meta| crowd().open().any(|finding| finding.rule == meta.id)) {
        let sentence: String = meta.fix.chars().take_while(|c| c.is_alphanumeric() || *c == ' ').collect();
        assert_eq!(text.matches(&sentence).count(), 1, "{sentence}: {text}");
    }
    let (open, folded) = text.split_once("<details>").expect("a folded part");
    assert!(open.contains("### Errors (20)") && !open.contains("Warnings ("), "{open}");
    assert!(folded.contains("<summary>Warnings (20)</summary>") && folded.contains("<summary>Infos (20)</summary>"));
    assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
}

#[test]
fn formats_that_pass_findings_on_have_owner_and_contact() {
    let contact = "it-apps@example.com";
    let report = fixed::many();
    for format in ["json", "jsonl", "csv", "sarif", "junit", "markdown"] {
        let text = plain(format.parse().expect("a format"), &report).replace("&#64;", "@").replace("&#46;", ".");
        assert!(text.contains("it-apps") && text.contains(contact), "{format}: {text}");
    }
    let log = parsed(Format::SARIF, &report);
    let owned: Vec<&Value> =
        log["runs"][0]["results"].as_array().expect("a list").iter().map(|one| &one["properties"]).collect();
    assert_eq!(owned.iter().filter(|one| one["owner"] == "it-apps").count(), 3);
    assert_eq!(owned.iter().filter(|one| one["contact"] == contact).count(), 2);
}

/// The most severe finding is named before the most frequent one. A finding that never fails a run is named last.
#[test]
fn next_is_the_most_severe_finding() {
    let next = |report: &Report| {
        let text = plain(Format::FULL, report);
        text.lines().find_map(|line| line.trim().strip_prefix("next: leaver explain ")).map(str::to_owned)
    };
    let keep = |severities: &[Severity]| {
        let findings = crowd().findings.into_iter().filter(|finding| severities.contains(&finding.severity));
        fixed::report(findings.take(40).collect(), vec![], fixed::run())
    };
    let file = fixed::file("apps/monday.yaml", fixed::MONDAY);
    let one = |severity, rule| fixed::finding(rule, severity, "monday", "x", fixed::at(&file, "update", 0), "m");
    for (rare, often) in [(Severity::Error, Severity::Warning), (Severity::Warning, Severity::Info)] {
        let mut report = keep(&[often]);
        report.findings.push(one(rare, "jit/privileged-default-role"));
        assert_eq!(next(&report).as_deref(), Some("jit/privileged-default-role"));
        let meta = report.rules.get(&"jit/privileged-default-role".parse().expect("an id")).expect("a rule");
        let preview = leaver::rule::RuleMeta { maturity: leaver::rule::Maturity::Preview, ..(**meta).clone() };
        report.rules.insert(preview.id.clone(), preview.into());
        assert_ne!(next(&report).as_deref(), Some("jit/privileged-default-role"));
    }
    // Of the findings of a rule, only the most severe ones count.
    let mut report = fixed::report(
        vec![one(Severity::Error, "jit/slow-review"), one(Severity::Error, "jit/slow-review")],
        vec![],
        fixed::run(),
    );
    let notes = std::iter::repeat_n(Severity::Info, 30).chain([Severity::Error]);
    report.findings.extend(notes.map(|severity| one(severity, "jit/no-update-owner")));
    assert_eq!(next(&report).as_deref(), Some("jit/slow-review"));
    // If the severity is equal, the most frequent rule is named. If the frequency is equal, too, the first rule by name is named.
    let mut report = fixed::report(
        vec![one(Severity::Error, "jit/slow-review"), one(Severity::Error, "jit/no-update-owner")],
        vec![],
        fixed::run(),
    );
    assert_eq!(next(&report).as_deref(), Some("jit/no-update-owner"));
    report.findings.push(one(Severity::Error, "jit/slow-review"));
    assert_eq!(next(&report).as_deref(), Some("jit/slow-review"));
    assert_eq!(next(&fixed::clean()), None);
}

/// SARIF has its own word for the lowest severity. Every other format uses the word of the command line.
#[test]
fn info_has_one_name() {
    for (name, make) in CASES {
        for format in Format::ALL.into_iter().filter(|format| *format != Format::SARIF && name != "hostile") {
            let text = plain(format, &make()).to_lowercase();
            assert!(
                !text.split(|c: char| !c.is_alphabetic()).any(|word| word == "note" || word == "notes"),
                "{format}: {text}"
            );
        }
    }
}

/// A report whose page would be too long. Each of `teams` teams has `each` findings: errors, warnings and infos.
fn too_long(teams: usize, each: [usize; 3]) -> Report {
    let file = fixed::file("apps/monday.yaml", fixed::MONDAY);
    let mut findings = Vec::new();
    for nth in 0..each.iter().sum::<usize>() * teams {
        let (team, at) = (nth % teams, nth / teams);
        let severity = if at < each[0] {
            Severity::Error
        } else if at < each[0] + each[1] {
            Severity::Warning
        } else {
            Severity::Info
        };
        // Rows have different lengths, because a short row would still fit where a long row does not.
        let message = format!("id{nth:05}x {}", "a".repeat([450, 5, 470, 60][nth % 4]));
        let found = fixed::finding("jit/slow-review", severity, "monday", "x", fixed::at(&file, "400", 0), &message);
        findings.push(Finding { owner: Some(Owner::new(&format!("team-{team}"), None)), ..found });
    }
    fixed::report(findings, vec![], fixed::run())
}

fn ids(text: &str) -> Vec<usize> {
    let id = |part: &str| part.split_once('x')?.0.parse().ok();
    text.split("id").skip(1).filter_map(id).collect()
}

/// Findings that do not fit are omitted and counted. The least severe findings are omitted first, so no finding is shown if a more severe one is
/// omitted. Nothing is shown after the first finding for which there is no room, not even below the heading of another team.
#[test]
fn findings_that_do_not_fit_on_a_page_are_counted_least_severe_first() {
    let style = Style { group_by: Some(GroupBy::Owner), ..Style::default() };
    for (teams, each) in
        [(7, [40, 0, 600]), (3, [900, 5, 900]), (40, [3, 3, 110]), (2, [2600, 0, 3]), (1, [1, 3000, 1])]
    {
        for style in [&style, &Style::default()] {
            let report = too_long(teams, each);
            let text = rendered(Format::MARKDOWN, &report, style);
            assert!(text.len() < 1 << 20 && text.matches("<details>").count() == text.matches("</details>").count());
            let severity = |id: usize| report.findings[id].severity;
            let mut want: Vec<usize> = (0..report.findings.len()).collect();
            let grouped = style.group_by.is_some();
            let team = |id: usize| report.findings[id].owner.as_ref().map(ToString::to_string).unwrap_or_default();
            want.sort_by_key(|id| {
                (if grouped { team(*id) } else { String::new() }, std::cmp::Reverse(severity(*id)), *id)
            });
            let shown = ids(&text);
            assert!(shown.len() < want.len() && !shown.is_empty(), "{}", shown.len());
            let least = shown.iter().map(|id| severity(*id)).min().expect("some are shown");
            let left = |wanted| {
                let count = |all: &[usize]| all.iter().filter(|id| severity(**id) == wanted).count();
                count(&want) - count(&shown)
            };
            let above = Severity::ALL.into_iter().filter(|severity| *severity > least);
            assert_eq!(above.map(left).sum::<usize>(), 0, "{teams} {each:?}");
            let of_page: Vec<usize> = want.iter().copied().filter(|id| severity(*id) >= least).collect();
            assert_eq!(shown, of_page[..shown.len()], "{teams} {each:?}");
            assert!(grouped || text.len() > 900_000, "{}", text.len());
            let mut parts = Vec::new();
            for (wanted, noun) in [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "info")]
            {
                match left(wanted) {
                    0 => {}
                    1 => parts.push(format!("1 {noun}")),
                    count => parts.push(format!("{count} {noun}s")),
                }
            }
            let closing = format!("\n{} omitted, because this page would be too long.\n", parts.join(", "));
            assert!(text.ends_with(&closing), "{closing}: {}", &text[text.len() - 200..]);
            // Each row is below the heading of its own team.
            let mut heading = "";
            for line in text.lines() {
                heading = line.strip_prefix("### team").unwrap_or(heading);
                if let Some(id) = ids(line).first().filter(|_| grouped) {
                    let own = team(*id).replace("team", "");
                    let below = heading.replace("&#45;", "-");
                    assert_eq!(below.split([':', ' ', '&']).next(), Some(own.as_str()), "{line}");
                }
            }
        }
    }
}

/// Omitted failures and waived findings are counted, too.
#[test]
fn a_full_page_counts_failures_and_waived_findings() {
    let by = WaivedBy { name: "w".into(), reason: "r".into(), approver: "a".into(), expires: "2027-01-01".into() };
    let mut report = too_long(1, [4000, 0, 0]);
    report.findings.iter_mut().skip(2995).for_each(|finding| finding.status = Status::Waived(by.clone()));
    let text = plain(Format::MARKDOWN, &report);
    let shown = ids(&text).len();
    let closing =
        format!("\n{} errors, 1005 waived findings omitted, because this page would be too long.\n", 2995 - shown);
    assert!(shown < 2995 && text.ends_with(&closing) && !text.contains("Waived ("), "{}", &text[text.len() - 200..]);
    let failure = || leaver::report::Failure::new(leaver::report::Code::Limit, "b".repeat(480));
    let report = fixed::report(too_long(1, [5, 0, 0]).findings, (0..3000).map(|_| failure()).collect(), fixed::run());
    let text = plain(Format::MARKDOWN, &report);
    let shown = text.matches("bbbb").count() / 120;
    let closing = format!("\n{} failures, 5 errors omitted, because this page would be too long.\n", 3000 - shown);
    assert!(ids(&text).is_empty() && text.ends_with(&closing), "{closing}: {}", &text[text.len() - 200..]);
}
