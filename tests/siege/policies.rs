//! Hostile policies: each has the expected outcome in time, the failure names the policy, and other findings stay the same.

use std::{
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use rayon::prelude::*;
use serde_json::Value;

use crate::{
    common::{self, FAULTY, rule},
    siege::blowups::{Case, Expected, cases},
};

/// The maximum time for one policy.
const LONGEST: Duration = Duration::from_secs(11);

/// Lower limits than the defaults make the test faster.
const LIMITS: &str =
    "version: 1\npolicies: [good, policies]\nlimits: {ruleMillis: 300, totalSeconds: 8, memoryMiB: 384}\n";

/// A catalogue with a correct local rule and, if given, a hostile rule.
fn catalogue(config: &str, case: Option<&Case>) -> tempfile::TempDir {
    let good = rule("good", "findings contains {\"path\": [\"kind\"], \"message\": \"seen\"} if input.kind == \"App\"");
    let folder = common::folder(&[("leaver.yaml", config), ("a.yaml", FAULTY), ("good/acme/good/rule.rego", &good)]);
    let policies = folder.path().join("policies");
    for (name, bytes) in case.map_or(&[][..], |case| &case.files) {
        let path = policies.join(name);
        std::fs::create_dir_all(path.parent().expect("a parent folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
    }
    #[cfg(unix)]
    for (name, to) in case.map_or(&[][..], |case| &case.links) {
        std::os::unix::fs::symlink(to, policies.join(name)).expect("a link");
    }
    folder
}

/// Returns the rule, the message and the place of each finding of another rule.
fn findings_of_other_rules(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().expect("a list").iter();
    findings
        .filter(|finding| finding["rule"] != "acme/bad")
        .map(|finding| format!("{} {} {}", finding["rule"], finding["message"], finding["range"]))
        .collect()
}

/// Runs a case. Returns a description of the fault if the outcome is wrong.
fn wrong_outcome(case: &Case, want: &[String]) -> Option<String> {
    let files = catalogue(LIMITS, Some(case));
    let started = Instant::now();
    let output = common::leaver(files.path(), &["check", "-o", "json"]);
    let took = started.elapsed();
    let report = serde_json::from_slice::<Value>(&output.stdout).unwrap_or_default();
    let wrong = |what: &str| {
        let failures: String = report["failures"].to_string().chars().take(400).collect();
        let found = report["findings"].as_array().map_or(0, Vec::len);
        let status = output.status.code();
        Some(format!("{}: {what} ({took:?}, status {status:?}, {found} findings) {failures}", case.name))
    };
    if took > LONGEST {
        return wrong("it took too long");
    }
    if !report.is_object() {
        return wrong("no report");
    }
    let status = output.status.code();
    let failures = report["failures"].to_string();
    let named = failures.contains("acme/bad")
        || case.files.iter().any(|(name, _)| failures.contains(name.as_str()))
        || case.links.iter().any(|(name, _)| failures.contains(name.as_str()))
        || case.name.contains("there already") && failures.contains("already")
        || case.expected == Expected::Refused && failures.contains("the policy folder `policies` has no rule");
    let finds = report["findings"].as_array().expect("a list").iter().any(|finding| finding["rule"] == "acme/bad");
    let right = match case.expected {
        Expected::Fails | Expected::Refused => status == Some(2) && named,
        Expected::Finds => finds && matches!(status, Some(1 | 2)),
        Expected::Silent => status == Some(1) && !finds && report["failures"] == serde_json::json!([]),
    };
    if !right {
        return wrong("another outcome than expected");
    }
    // A policy that is refused before evaluation stops the run, so other findings may be missing.
    let found = findings_of_other_rules(&report);
    (case.expected != Expected::Refused && found != want).then(|| wrong("other findings are not the same")).flatten()
}

#[test]
fn every_hostile_policy_is_named_and_affects_no_other_rule() {
    let cases = cases();
    assert!(cases.len() >= 100, "{} policies", cases.len());
    let alone = catalogue("version: 1\npolicies: [good]\n", None);
    let report: Value =
        serde_json::from_slice(&common::leaver(alone.path(), &["check", "-o", "json"]).stdout).expect("JSON");
    let want = findings_of_other_rules(&report);
    assert!(want.iter().any(|finding| finding.contains("acme/good")) && want.len() >= 2, "{want:?}");
    let wrong: Vec<String> = cases.par_iter().filter_map(|case| wrong_outcome(case, &want)).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// Seconds and mebibytes of a run and its worker, as measured by GNU time.
fn figures(binary: &str, folder: &Path) -> Option<(f64, u64, i32)> {
    let output = Command::new("/usr/bin/time")
        .args(["-q", "-f", "%e %M %x", binary, "check", "-o", "json=/dev/null"])
        .current_dir(folder)
        .env("LEAVER_TODAY", common::TODAY)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stderr);
    let mut parts = text.lines().last()?.split(' ');
    let (seconds, kib) = (parts.next()?.parse().ok()?, parts.next()?.parse::<u64>().ok()?);
    Some((seconds, kib / 1024, parts.next()?.parse().ok()?))
}

/// Measures time and memory with the default limits. `LEAVER_BINARY` names a release build.
#[test]
#[ignore = "takes minutes, and needs an idle machine"]
fn figures_of_every_hostile_policy() {
    let named = std::env::var_os("LEAVER_BINARY").and_then(|name| name.into_string().ok());
    let binary = named.unwrap_or_else(|| env!("CARGO_BIN_EXE_leaver").to_owned());
    let mut table: Vec<(f64, u64, i32, String)> = Vec::new();
    for case in cases() {
        let files = catalogue("version: 1\npolicies: [good, policies]\n", Some(&case));
        let (seconds, mebibytes, status) = figures(&binary, files.path()).expect("GNU time");
        table.push((seconds, mebibytes, status, case.name));
    }
    table.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (seconds, mebibytes, status, name) in &table {
        println!("{seconds:6.2} s {mebibytes:5} MiB {status} {name}");
    }
    let worst = table.iter().map(|row| row.1).max().unwrap_or_default();
    println!("{} policies, at most {:.2} s and {worst} MiB", table.len(), table[0].0);
    assert!(table[0].0 <= LONGEST.as_secs_f64());
}
