//! The exit status is a contract: each situation ends with the documented status, in every format, and failures are reported.

use std::{
    collections::BTreeMap,
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

use leaver::output::Format;
use rayon::prelude::*;

use crate::{
    common::{self, CLEAN, FAULTY, folder, git, rule},
    siege::harmless::{assert_harmless, sarif_schema},
};

/// A catalogue, the arguments, and the expected status.
struct Situation {
    name: &'static str,
    files: Vec<(&'static str, String)>,
    arguments: &'static str,
    input: Option<&'static [u8]>,
    /// Changes the folder before the check.
    before: fn(&Path),
    status: i32,
}

const CONFIG: (&str, &str) = ("leaver.yaml", "version: 1\n");
const OWN: (&str, &str) =
    ("leaver.yaml", "version: 1\npolicies: [policies]\nlimits: {ruleMillis: 300, memoryMiB: 256}\n");
const RULE: &str = "policies/acme/x/rule.rego";
const FOREIGN: &str = "apiVersion: v1\nkind: Service\nmetadata: {name: x}\n";
const SEEN: &str = "findings contains {\"path\": [\"kind\"], \"message\": \"seen\"} if input.kind == \"App\"";
const WAIVER: &str = "apiVersion: leaver/v1\nkind: Waiver\nmetadata: {name: w-1}\nspec: {rule: jit/no-update-owner, apps: [box], reason: migration, approver: security, owner: t, expires: 2026-12-31}\n";
const BASELINE: &str = r#"{"version": 1, "findings": [{"rule": "jit/no-update-owner", "kind": "App", "name": "box", "pointer": "/spec/lifecycle/update/owner", "count": 1}]}"#;

fn committed(folder: &Path) {
    git(folder, &["init", "-q"]);
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-qm", "base"]);
}

#[cfg(unix)]
fn linked(folder: &Path) {
    std::os::unix::fs::symlink("/etc/hostname", folder.join("out.yaml")).expect("a link");
}

fn situations() -> Vec<Situation> {
    let mut all = Vec::new();
    let mut add = |name, status, arguments, files: &[(&'static str, &str)]| {
        let files = files.iter().map(|(name, text)| (*name, (*text).to_owned())).collect();
        all.push(Situation { name, files, arguments, input: None, before: |_| {}, status });
    };
    let warned = CLEAN.replace("mode: none", "mode: none}, lifecycle: {entitle: {via: jit}");
    let broken = "apiVersion: leaver/v1\nkind: App\nmetadata: {name: x\n";
    let shape = "apiVersion: leaver/v1\nkind: App\nmetadata: {name: x}\nspec: {tier: 9}\n";
    let preview = rule("x", SEEN).replace("status: stable", "status: preview");
    let big = "# x\n".repeat(300_000);
    let bomb = format!("{}  a: &a x\n  b: [{}]\n", "apiVersion: leaver/v1\nkind: App\nspec:\n", "*a,".repeat(1_001));
    let deep = format!("apiVersion: leaver/v1\nkind: App\nspec: {}{}\n", "[".repeat(40), "]".repeat(40));
    let endless = rule("x", "f(n) := f(n + 1)\n\nfindings contains {\"path\": [], \"message\": \"m\"} if f(0)");
    let open = rule("x", "findings contains x if {");
    let fails = rule("x", "findings contains {\"path\": [], \"message\": \"m\"} if 1 / 0 == 1");
    let text = rule("x", "findings contains \"m\" if input.kind == \"App\"");
    let secret = CLEAN.replace("mode: none}", "mode: none}, notes: ghp_abcdefghijklmnopqrstuvwxyz0123456789");
    let late = WAIVER.replace("2026-12-31", "2026-11-24");
    let incomplete = WAIVER.replace("approver: security, ", "");
    // 0: nothing at or above the minimum severity.
    add("a clean app", 0, "", &[CONFIG, ("a.yaml", CLEAN)]);
    add("warnings alone", 0, "--select jit", &[CONFIG, ("a.yaml", &warned)]);
    add("errors with --exit-zero", 0, "--exit-zero", &[CONFIG, ("a.yaml", FAULTY)]);
    add("an invalid shape with --exit-zero", 0, "--exit-zero", &[CONFIG, ("a.yaml", shape)]);
    add("a waived error", 0, "", &[CONFIG, ("a.yaml", FAULTY), ("w.yaml", WAIVER)]);
    add("an error in the baseline", 0, "--baseline b.json", &[CONFIG, ("a.yaml", FAULTY), ("b.json", BASELINE)]);
    add("an ignored rule", 0, "--ignore jit/no-update-owner", &[CONFIG, ("a.yaml", FAULTY)]);
    add("another rule selected", 0, "--select manual", &[CONFIG, ("a.yaml", FAULTY)]);
    add("an error elsewhere", 0, "a.yaml", &[CONFIG, ("a.yaml", CLEAN), ("b.yaml", FAULTY)]);
    add("another tool's file, named by a hook", 0, "x.yaml", &[CONFIG, ("a.yaml", CLEAN), ("x.yaml", FOREIGN)]);
    add(
        "a severity set lower",
        0,
        "",
        &[("leaver.yaml", "version: 1\nrules: {jit/no-update-owner: {severity: warning}}\n"), ("a.yaml", FAULTY)],
    );
    add(
        "a rule switched off",
        0,
        "",
        &[("leaver.yaml", "version: 1\nrules: {jit/no-update-owner: {severity: off}}\n"), ("a.yaml", FAULTY)],
    );
    add("a preview", 0, "", &[OWN, ("a.yaml", CLEAN), (RULE, &preview)]);
    add(
        "an excluded file",
        0,
        "",
        &[("leaver.yaml", "version: 1\nexclude: [b.yaml]\n"), ("a.yaml", CLEAN), ("b.yaml", FAULTY)],
    );
    add("another tool's broken template", 0, "", &[CONFIG, ("a.yaml", CLEAN), ("x.yaml", "x: {{ .Values.x }\n- y")]);
    add("no configuration", 0, "a.yaml", &[("a.yaml", CLEAN)]);
    // 1: findings.
    add("an error", 1, "", &[CONFIG, ("a.yaml", FAULTY)]);
    add("an error without a configuration", 1, "", &[("a.yaml", FAULTY)]);
    add("warnings with --fail-on warning", 1, "--select jit --fail-on warning", &[CONFIG, ("a.yaml", &warned)]);
    add(
        "warnings with failOn in the configuration",
        1,
        "--select jit",
        &[("leaver.yaml", "version: 1\nfailOn: warning\n"), ("a.yaml", &warned)],
    );
    add("an invalid shape", 1, "", &[CONFIG, ("a.yaml", CLEAN), ("b.yaml", shape)]);
    add("an invalid shape with --ignore", 1, "--ignore schema", &[CONFIG, ("a.yaml", CLEAN), ("b.yaml", shape)]);
    add("invalid YAML", 1, "", &[CONFIG, ("a.yaml", CLEAN), ("b.yaml", broken)]);
    add("a duplicate key", 1, "", &[CONFIG, ("a.yaml", CLEAN), ("b.yaml", &format!("{shape}spec: {{}}\n"))]);
    add("a control character", 1, "", &[CONFIG, ("a.yaml", CLEAN), ("b.yaml", &format!("{shape}# \u{1b}\n"))]);
    add("a missing apiVersion", 1, "", &[CONFIG, ("a.yaml", CLEAN), ("b.yaml", "kind: App\nspec: {}\n")]);
    add("an expired waiver", 1, "", &[CONFIG, ("a.yaml", FAULTY), ("w.yaml", &late)]);
    add("a waiver without an approver", 1, "", &[CONFIG, ("a.yaml", FAULTY), ("w.yaml", &incomplete)]);
    add(
        "another baseline",
        1,
        "--baseline b.json",
        &[CONFIG, ("a.yaml", FAULTY), ("b.json", "{\"version\": 1, \"findings\": []}")],
    );
    add("a user's own rule", 1, "", &[OWN, ("a.yaml", CLEAN), (RULE, &rule("x", SEEN))]);
    add(
        "a preview with a severity in leaver.yaml",
        1,
        "",
        &[
            ("leaver.yaml", "version: 1\npolicies: [policies]\nrules: {acme/x: {severity: error}}\n"),
            ("a.yaml", CLEAN),
            (RULE, &preview),
        ],
    );
    add("a secret", 1, "", &[CONFIG, ("a.yaml", &secret)]);
    add("an error in the first file of two", 1, "", &[CONFIG, ("a.yaml", FAULTY), ("b.yaml", CLEAN)]);
    add("an error in the last file of two", 1, "", &[CONFIG, ("a.yaml", CLEAN), ("b.yaml", FAULTY)]);
    // 2: not everything could be checked.
    add("an unknown option", 2, "--nonsense", &[CONFIG, ("a.yaml", CLEAN)]);
    add("an unknown rule", 2, "--select jti", &[CONFIG, ("a.yaml", CLEAN)]);
    add("an unknown profile", 2, "--profile strct", &[CONFIG, ("a.yaml", CLEAN)]);
    add("an invalid date", 2, "--today 2026-02-30", &[CONFIG, ("a.yaml", CLEAN)]);
    add("a missing path", 2, "missing.yaml", &[CONFIG, ("a.yaml", CLEAN)]);
    add("a path that the globs do not select", 2, "b.txt", &[CONFIG, ("a.yaml", CLEAN), ("b.txt", FAULTY)]);
    add("a configuration with an unknown key", 2, "", &[("leaver.yaml", "version: 1\nprofil: x\n"), ("a.yaml", CLEAN)]);
    add("a configuration that is not YAML", 2, "", &[("leaver.yaml", "version: [1\n"), ("a.yaml", CLEAN)]);
    add(
        "a configuration that turns off schema rules",
        2,
        "",
        &[("leaver.yaml", "version: 1\nrules: {schema/syntax: {severity: off}}\n"), ("a.yaml", CLEAN)],
    );
    add("a missing configuration", 2, "--config other.yaml", &[("a.yaml", CLEAN)]);
    add("an invalid baseline", 2, "--baseline b.json", &[CONFIG, ("a.yaml", CLEAN), ("b.json", "[]")]);
    add("a missing baseline", 0, "--baseline b.json", &[CONFIG, ("a.yaml", CLEAN)]);
    add("a missing trusted commit", 2, "--trust-ref nowhere", &[CONFIG, ("a.yaml", CLEAN)]);
    add("a missing base commit", 2, "--since nowhere", &[CONFIG, ("a.yaml", CLEAN)]);
    add("a missing policy folder", 2, "", &[OWN, ("a.yaml", CLEAN)]);
    add("policies without a rule", 2, "", &[OWN, ("a.yaml", CLEAN), ("policies/x.txt", "x")]);
    add("a policy that is not Rego", 2, "", &[OWN, ("a.yaml", FAULTY), (RULE, &open)]);
    add("a policy that fails", 2, "", &[OWN, ("a.yaml", CLEAN), (RULE, &fails)]);
    add("a failing policy and errors", 2, "", &[OWN, ("a.yaml", FAULTY), (RULE, &fails)]);
    add("a failing policy with --exit-zero", 2, "--exit-zero", &[OWN, ("a.yaml", FAULTY), (RULE, &fails)]);
    add("a policy that never ends", 2, "", &[OWN, ("a.yaml", FAULTY), (RULE, &endless)]);
    add("a policy with an invalid finding", 2, "", &[OWN, ("a.yaml", FAULTY), (RULE, &text)]);
    add("a file that is too large", 2, "", &[CONFIG, ("a.yaml", CLEAN), ("big.yaml", &big)]);
    add("too many aliases", 2, "", &[CONFIG, ("a.yaml", CLEAN), ("b.yaml", &bomb)]);
    add("too deep nesting", 2, "", &[CONFIG, ("a.yaml", FAULTY), ("b.yaml", &deep)]);
    add(
        "too many findings",
        2,
        "",
        &[("leaver.yaml", "version: 1\nlimits: {findings: 1}\n"), ("a.yaml", FAULTY), ("b.yaml", shape)],
    );
    add(
        "sign-offs without a trust root",
        2,
        "",
        &[
            ("leaver.yaml", "version: 1\nsignoff: {required: [{name: all, roles: [security], maxAgeDays: 365}]}\n"),
            ("a.yaml", CLEAN),
        ],
    );
    add("a report that cannot be written", 2, "-o json=missing/r.json", &[CONFIG, ("a.yaml", CLEAN)]);
    // 3: nothing to check.
    add("an empty catalogue", 3, "", &[CONFIG]);
    add("only files of other tools", 3, "", &[CONFIG, ("x.yaml", FOREIGN)]);
    add("a folder of another tool", 3, "b", &[CONFIG, ("a.yaml", CLEAN), ("b/x.yaml", FOREIGN)]);
    add("no rule runs", 3, "--select schema", &[CONFIG, ("a.yaml", CLEAN)]);
    add("only a broken template", 3, "", &[CONFIG, ("x.yaml", "x: {{ .Values.x }\n- y")]);
    // Situations that need more than files.
    let mut more = |name, status, arguments, text: &str, input, before| {
        let files = vec![(CONFIG.0, CONFIG.1.to_owned()), ("a.yaml", text.to_owned())];
        all.push(Situation { name, files, arguments, input, before, status });
    };
    more("a clean app on standard input", 0, "- --stdin-name a.yaml", CLEAN, Some(CLEAN.as_bytes()), |_| {});
    more("an error on standard input", 1, "- --stdin-name a.yaml", CLEAN, Some(FAULTY.as_bytes()), |_| {});
    more("standard input that is not UTF-8", 2, "- --stdin-name a.yaml", CLEAN, Some(b"kind: App # \xff\n"), |_| {});
    more("empty standard input", 3, "-", CLEAN, Some(b""), |_| {});
    more("an error that is in the base", 0, "--since HEAD", FAULTY, None, committed);
    more("an error since the base", 1, "--since HEAD", CLEAN, None, |folder| {
        committed(folder);
        std::fs::write(folder.join("a.yaml"), FAULTY).expect("a file");
    });
    more("a trusted commit", 1, "--trust-ref HEAD", FAULTY, None, committed);
    more("a file that is not UTF-8", 2, "", FAULTY, None, |folder| {
        std::fs::write(folder.join("b.yaml"), b"kind: App\n# leaver/v1 \xff\n").expect("a file");
    });
    #[cfg(unix)]
    more("a link out of the catalogue", 2, "", FAULTY, None, linked);
    all
}

fn run(folder: &Path, situation: &Situation, outputs: &[String]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_leaver"))
        .arg("check")
        .args(situation.arguments.split_whitespace())
        .args(outputs.iter().flat_map(|output| ["-o", output]))
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("LEAVER_TODAY", common::TODAY)
        .stdin(if situation.input.is_some() { Stdio::piped() } else { Stdio::null() })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    if let Some(input) = situation.input {
        child.stdin.take().expect("a pipe").write_all(input).expect("standard input is open");
    }
    child.wait_with_output().expect("it ends")
}

/// The fault of a run, if any: a wrong status, or status 2 without an explanation in the output.
fn wrong_run(situation: &Situation, outputs: &[String], output: &Output) -> Option<String> {
    let (out, err) = (common::out(output), common::err(output));
    // If all reports are files, failures are on standard error.
    let is_silent = situation.status == 2 && out.is_empty() && err.is_empty();
    (output.status.code() != Some(situation.status) || is_silent).then(|| {
        let printed: String = format!("{out}{err}").chars().take(300).collect();
        format!("{}, {outputs:?}: {:?}, not {}: {printed}", situation.name, output.status.code(), situation.status)
    })
}

/// Runs each situation once with all formats as files, and again with every fourth format on standard output. Situations with the same status take
/// turns, so each status occurs with each format.
#[test]
fn every_format_gives_the_documented_exit_status() {
    let all = situations();
    let mut of: BTreeMap<i32, usize> = BTreeMap::new();
    let turns: Vec<usize> = all
        .iter()
        .map(|situation| {
            let count = of.entry(situation.status).or_default();
            *count += 1;
            *count - 1
        })
        .collect();
    assert!(all.len() >= 70 && of.values().all(|count| *count >= 5) && of.len() == 4, "{of:?}");
    let sarif = sarif_schema();
    let wrong: Vec<String> = (&all, &turns)
        .into_par_iter()
        .flat_map_iter(|(situation, turn)| {
            let files: Vec<(&str, &str)> = situation.files.iter().map(|(name, text)| (*name, text.as_str())).collect();
            let folder = folder(&files);
            (situation.before)(folder.path());
            let reports = common::folder(&[]);
            let file = |format: Format| reports.path().join(format.as_str());
            let together = Format::ALL.map(|format| format!("{format}={}", file(format).display()));
            let mut wrong = Vec::from_iter(wrong_run(situation, &together, &run(folder.path(), situation, &together)));
            for format in Format::ALL {
                // A run that ends before the check writes no report.
                let report = std::fs::read_to_string(file(format)).unwrap_or_default();
                if !report.is_empty() {
                    assert_harmless(format, &report, &sarif);
                }
            }
            for format in Format::ALL.into_iter().skip(turn % 4).step_by(4) {
                let outputs = [format.to_string()];
                let output = run(folder.path(), situation, &outputs);
                let out = common::out(&output);
                if !out.is_empty() {
                    assert_harmless(format, &out, &sarif);
                }
                wrong.extend(wrong_run(situation, &outputs, &output));
            }
            wrong
        })
        .collect();
    assert!(wrong.is_empty(), "{} runs:\n{}", wrong.len(), wrong.join("\n"));
}
