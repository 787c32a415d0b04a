//! `JUnit` XML, by nextest's own writer: a suite for each file, a case for each finding, and a case for each rule that found nothing.

use std::{collections::BTreeMap, io::Write};

use quick_junit::{NonSuccessKind, Report as Xml, TestCase, TestCaseStatus, TestSuite};

use super::{OutputError, escape::xml};
use crate::{
    finding::{Finding, Status},
    report::Report,
};

pub(super) fn render(report: &Report, out: &mut dyn Write) -> Result<(), OutputError> {
    let mut document = Xml::new("leaver");
    let mut suites: BTreeMap<&str, Vec<TestCase>> = BTreeMap::new();
    for finding in &report.findings {
        suites.entry(finding.place.file.path()).or_default().push(case(finding, report));
    }
    for (file, cases) in suites {
        let mut suite = TestSuite::new(xml(file));
        suite.add_test_cases(cases);
        document.add_test_suite(suite);
    }
    let clean: Vec<TestCase> = report
        .rules
        .values()
        .filter(|rule| !report.findings.iter().any(|finding| finding.rule == rule.id))
        .map(|rule| {
            let mut case = TestCase::new(xml(&rule.title), TestCaseStatus::success());
            case.set_classname(rule.id.as_str());
            case
        })
        .collect();
    let mut rules = TestSuite::new("rules without a finding");
    rules.add_test_cases(clean);
    document.add_test_suite(rules);
    if !report.failures.is_empty() {
        let mut suite = TestSuite::new("could not check");
        for failure in &report.failures {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_type(failure.code).set_message(xml(&super::summary::failure_line(failure)));
            suite.add_test_case(TestCase::new(xml(failure.code), status));
        }
        document.add_test_suite(suite);
    }
    document.serialize(out)?;
    Ok(())
}

fn case(finding: &Finding, report: &Report) -> TestCase {
    let place = &finding.place;
    let start = place.start();
    let status = match &finding.status {
        Status::Open => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            let fix = report.rules.get(&finding.rule).map_or("", |meta| meta.fix.as_str());
            let text = format!("{}:{}:{}: {}", place.file.path(), start.line, start.column, finding.message);
            status
                .set_type(format!("{}[{}]", finding.severity, finding.rule))
                .set_message(xml(&finding.message))
                .set_description(format!("{}\n{}", xml(&text), xml(finding.help.as_deref().unwrap_or(fix))));
            status
        }
        Status::Waived(by) => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(xml(&format!("waived by {} until {}: {}", by.name, by.expires, by.reason)));
            status
        }
    };
    let subject = finding.subject.as_ref().map_or("document", |subject| subject.name.as_str());
    let mut case = TestCase::new(xml(&format!("{subject}: {}:{}", start.line, start.column)), status);
    case.set_classname(finding.rule.as_str());
    case.extra.insert("file".into(), xml(place.file.path()).into());
    case.extra.insert("line".into(), start.line.to_string().into());
    case
}
