//! `junit`: one suite per file, one test per finding. Findings that fail the run are failed tests; other open findings are passed tests with the
//! message as output. Waived findings are skipped tests, and failures are errors. Rules without findings are passed tests, so that a clean run is not
//! empty. The output is valid under the schema that Jenkins uses. In this schema, a test has no attributes for file and line, so the text of a test
//! begins with file and line.

use std::{collections::BTreeSet, io};

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use crate::{
    finding::Finding,
    output::{
        Grammar, OutputError, Renderer, Style,
        concise::{failure_line, failure_text, finding_line},
        escape::Safe,
        place::{fix, meta, path},
        summary::waiver,
    },
    report::{Failure, Report},
    rule::RuleId,
};

pub(super) const FORMAT: Renderer = Renderer { name: "junit", grammar: Grammar::Xml, render };

fn render(report: &Report, style: &Style, out: &mut dyn io::Write) -> Result<(), OutputError> {
    let mut document = quick_junit::Report::new("leaver");
    if !report.failures.is_empty() {
        let mut suite = TestSuite::new("could not check");
        suite.add_test_cases(report.failures.iter().map(failure_case));
        document.add_test_suite(suite);
    }
    for findings in report.findings.chunk_by(|a, b| a.place.file.path() == b.place.file.path()) {
        let name = findings.first().map(|finding| path(&finding.place)).unwrap_or_default();
        let mut suite = TestSuite::new(name.as_str());
        suite.extra.insert("file".into(), name.into());
        suite.add_test_cases(findings.iter().map(|finding| finding_case(report, style, finding)));
        document.add_test_suite(suite);
    }
    let fired: BTreeSet<&RuleId> = report.findings.iter().map(|finding| &finding.rule).collect();
    let quiet: Vec<TestCase> = report.rules.keys().filter(|rule| !fired.contains(rule)).map(rule_case).collect();
    if !quiet.is_empty() {
        let mut suite = TestSuite::new("rules without findings");
        suite.add_test_cases(quiet);
        document.add_test_suite(suite);
    }
    // Remove this attribute: the writer adds it to the root, but the schema does not allow it.
    let extra = format!(" skipped=\"{}\"", document.skipped);
    Ok(out.write_all(document.to_string()?.replacen(&extra, "", 1).as_bytes())?)
}

fn finding_case(report: &Report, style: &Style, finding: &Finding) -> TestCase {
    let subject = finding.subject.as_ref().map_or_else(
        || path(&finding.place),
        |subject| format!("{}/{}", Safe::new(&subject.kind), Safe::new(&subject.name)),
    );
    let subject = match &finding.population {
        Some(population) => format!("{subject} ({})", Safe::new(population)),
        None => subject,
    };
    let name = format!("{} {}", finding.rule, Safe::new(&finding.address.to_string()));
    let mut text = finding_line(finding);
    if let Some(fix) = fix(report, finding) {
        text.extend(["\nfix: ", Safe::new(fix).as_str()]);
    }
    if let Some(owner) = &finding.owner {
        text.extend(["\nowner: ", Safe::new(&owner.to_string()).as_str()]);
    }
    let message = Safe::new(&finding.message).to_string();
    let mut output = None;
    let status = if let Some(waiver) = waiver(&finding.status) {
        let mut status = TestCaseStatus::skipped();
        status.set_message(Safe::new(&waiver).as_str()).set_description(text);
        status
    } else if report.fails_run(finding, style.fail_on) {
        if let Some(meta) = meta(report, &finding.rule) {
            text.extend(["\nwhy: ", Safe::new(&meta.why).as_str()]);
        }
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message(message).set_type(finding.severity.as_str()).set_description(text);
        status
    } else {
        output = Some(text);
        TestCaseStatus::success()
    };
    let mut case = TestCase::new(name.trim_end(), status);
    case.set_classname(subject);
    if let Some(output) = output {
        case.set_system_out(output);
    }
    case
}

fn failure_case(failure: &Failure) -> TestCase {
    let mut text = failure_line(failure);
    if let Some(help) = &failure.help {
        text.extend(["\n", Safe::new(help).as_str()]);
    }
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_message(failure_text(failure)).set_type(failure.code.as_str()).set_description(text);
    let name =
        failure.rule.as_ref().map_or_else(|| failure.code.to_string(), |rule| format!("{} {rule}", failure.code));
    let mut case = TestCase::new(name, status);
    case.set_classname("leaver");
    case
}

fn rule_case(rule: &RuleId) -> TestCase {
    let mut case = TestCase::new(rule.as_str(), TestCaseStatus::success());
    case.set_classname("leaver");
    case
}
