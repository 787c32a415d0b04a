//! `leaver test` runs unreviewed rules. If a rule loops, recurses or exhausts memory, the error names it, and the tests of all other rules
//! run. For `check` see `exit_status.rs` and `fail_closed.rs`.

use std::{path::Path, time::Instant};

use crate::common::{FAULTY, code, err, folder, leaver, out, rule};

const OWN: &str = "version: 1\npolicies: [policies]\nlimits: {ruleMillis: 500, memoryMiB: 512}\n";
const PAGE: &str =
    "# X\n\n## Bad\n\n```yaml\nspec: {tier: 1} # finding: acme/NAME\n```\n\n## Good\n\n```yaml\nspec: {tier: 2}\n```\n";

/// A correct rule.
fn correct_rule(name: &str) -> (String, String) {
    let body = "findings contains {\"path\": [\"spec\", \"tier\"], \"message\": \"m\"} if input.spec.tier == 1";
    (rule(name, body), PAGE.replace("NAME", name))
}

/// A catalogue with a correct rule before and after the rule under test.
fn catalogue_with_rule(body: &str) -> tempfile::TempDir {
    let ((first, first_page), (last, last_page)) = (correct_rule("a-first"), correct_rule("z-last"));
    let first = first.replace("policies.acme.a-first", "policies.acme[\"a-first\"]");
    let last = last.replace("policies.acme.z-last", "policies.acme[\"z-last\"]");
    folder(&[
        ("leaver.yaml", OWN),
        ("policies/acme/a-first/rule.rego", &first),
        ("policies/acme/a-first/rule.md", &first_page),
        ("policies/acme/hostile/rule.rego", &rule("hostile", body)),
        ("policies/acme/hostile/rule.md", &PAGE.replace("NAME", "hostile")),
        ("policies/acme/z-last/rule.rego", &last),
        ("policies/acme/z-last/rule.md", &last_page),
    ])
}

fn test(folder: &Path, more: &[&str]) -> (i32, String) {
    let started = Instant::now();
    let output = leaver(folder, &[&["test", "--verbose"], more].concat());
    assert!(started.elapsed().as_secs() < 120, "it ends: {:?}", started.elapsed());
    (code(&output), format!("{}{}", out(&output), err(&output)))
}

#[test]
fn correct_rules_pass_in_the_worker() {
    let files = catalogue_with_rule(
        "findings contains {\"path\": [\"spec\", \"tier\"], \"message\": \"m\"} if input.spec.tier == 1",
    );
    let (status, printed) = test(files.path(), &["--compiled"]);
    assert!(status == 0 && printed.contains(" passed, 0 failed, 100.0 % of the lines of 3 policy files"), "{printed}");
    let (status, printed) = test(files.path(), &["acme/hostile"]);
    assert!(status == 0 && printed.contains(" passed, 0 failed, 100.0 % of the lines of 1 policy file "), "{printed}");
}

#[test]
fn a_hostile_rule_is_named_and_the_others_are_tested() {
    for (name, body) in [
        ("memory", "findings contains {\"path\": [], \"message\": \"m\"} if count(numbers.range(0, 100000000000)) > 0"),
        ("doubling", &doubling()),
        ("recursion", "f(x) := f(x + 1)\n\nfindings contains {\"path\": [], \"message\": \"m\"} if f(0)"),
        ("width", "findings contains {\"path\": [], \"message\": sprintf(\"%999999999d\", [1])} if true"),
    ] {
        let files = catalogue_with_rule(body);
        let junit = files.path().join("tests.xml");
        let (status, printed) = test(files.path(), &["--junit", junit.to_str().expect("text")]);
        // The rule is named and the run fails, whether the engine detects the fault or the worker is killed.
        let named = printed.contains("FAILED  acme/hostile: bad 1") || printed.contains("error: acme/hostile: bad 1 (");
        assert!(named && (status == 1 || status == 2), "{name}: {status} {printed}");
        if printed.contains("error: ") {
            assert_eq!(status, 2, "{name}: {printed}");
            let xml = std::fs::read_to_string(&junit).expect("written");
            assert!(xml.contains("<error ") && xml.contains("acme/hostile: bad 1"), "{name}: {xml}");
        }
        for other in ["ok      acme/a-first: bad 1", "ok      acme/z-last: bad 1", "ok      acme/z-last: good 2"] {
            assert!(printed.contains(other), "{name}: {printed}");
        }
    }
}

/// A string doubled thirty-five times: 256 GiB.
fn doubling() -> String {
    let mut body = "s0 := \"xxxxxxxx\"\n\n".to_owned();
    for nth in 1..=35 {
        body.push_str(&format!("s{nth} := concat(\"\", [s{0}, s{0}])\n\n", nth - 1));
    }
    body + "findings contains {\"path\": [], \"message\": s35} if true"
}

#[test]
fn memory_is_limited_by_a_kill_and_not_only_by_the_engine() {
    let files = catalogue_with_rule(&doubling());
    let (status, printed) = test(files.path(), &[]);
    assert!(status == 2 && printed.contains("error: acme/hostile: bad 1 ("), "{printed}");
    assert!(printed.contains("out of memory (limit 512 MiB)") && printed.contains("limits.memoryMiB"), "{printed}");
    assert!(printed.contains("not ended"), "{printed}");
}

#[test]
fn a_user_test_that_never_ends_is_named_too() {
    let files = catalogue_with_rule(
        "findings contains {\"path\": [\"spec\", \"tier\"], \"message\": \"m\"} if input.spec.tier == 1",
    );
    let body = "package policies.acme_test\n\nf(x) := f(x + 1)\n\ntest_first if true\n\ntest_hostile if f(0)\n\ntest_last if true\n";
    std::fs::write(files.path().join("policies/acme_test.rego"), body).expect("written");
    let (status, printed) = test(files.path(), &[]);
    assert!(printed.contains("ok      test_first") && printed.contains("ok      test_last"), "{printed}");
    assert!(status > 0 && printed.contains("test_hostile (policies/acme_test.rego:7)"), "{printed}");
}

/// A rule that visits all pairs of these numbers. The loop is in Rego itself, not in a builtin.
fn pairs(numbers: usize) -> String {
    format!(
        "some_pairs := [1 | some i in numbers.range(1, {numbers}); some j in numbers.range(1, {numbers}); i * j == 7]\n\nfindings contains {{\"path\": [\"spec\", \"tier\"], \"message\": \"m\"}} if {{\n\tinput.spec.tier == 1\n\tcount(some_pairs) > 0\n}}"
    )
}

#[test]
fn a_loop_that_never_ends_is_stopped() {
    let files = catalogue_with_rule(&pairs(1_000_000));
    let (status, printed) = test(files.path(), &[]);
    assert!(status > 0 && printed.contains("acme/hostile: bad 1"), "{status} {printed}");
    assert!(printed.contains("took longer than 500 ms") || printed.contains("out of memory"), "{printed}");
    for other in ["ok      acme/a-first: bad 1", "ok      acme/z-last: bad 1", "ok      acme/z-last: good 2"] {
        assert!(printed.contains(other), "{printed}");
    }
}

/// On a busy machine, a rule gets little processor time, so only its processor time counts.
#[cfg(target_os = "linux")]
#[test]
fn waiting_for_the_processor_does_not_count() {
    use std::process::{Command, Stdio};
    let files = catalogue_with_rule(&pairs(600));
    std::fs::write(files.path().join("a.yaml"), FAULTY.replace("tier: 3", "tier: 1")).expect("written");
    for arguments in [&["test", "acme/hostile"][..], &["check", "--select", "acme", "--exit-zero", "-o", "concise"]] {
        let mut leaver = Command::new(env!("CARGO_BIN_EXE_leaver"));
        leaver.args(arguments).current_dir(files.path()).env("LEAVER_TODAY", crate::common::TODAY);
        let mut running = leaver.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("leaver starts");
        let id = running.id();
        let children = |id: u32| {
            let tasks = std::fs::read_dir(format!("/proc/{id}/task")).into_iter().flatten().flatten();
            let texts = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
            texts.flat_map(|text| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect::<Vec<_>>()
        };
        let start = Instant::now();
        let mut stops = 0;
        while running.try_wait().expect("the state of the process").is_none() && start.elapsed().as_secs() < 100 {
            for child in children(id) {
                for (signal, millis) in [("-STOP", 200), ("-CONT", 20)] {
                    let sent = Command::new("kill").args([signal, &child]).stderr(Stdio::null()).status();
                    stops += u32::from(sent.expect("kill").success());
                    std::thread::sleep(std::time::Duration::from_millis(millis));
                }
            }
        }
        let output = running.wait_with_output().expect("it ends");
        let printed = format!("{}{}", out(&output), err(&output));
        assert!(stops > 4, "{arguments:?}: no child was ever stopped");
        assert!(code(&output) == 0 && !printed.contains("took longer"), "{arguments:?}: {} {printed}", code(&output));
    }
}

/// Builtins for the network, the clock and random numbers cannot be reached under another name: the run fails and names the rule.
#[test]
fn builtins_with_side_effects_are_not_available() {
    for call in [
        "http.send({\"method\": \"get\", \"url\": \"http://localhost\"}).status_code != 200",
        "is_object({\"method\": \"get\", \"url\": \"http://localhost\"}) with is_object as http.send",
        "net.lookup_ip_addr(\"localhost\") != set()",
        "opa.runtime().env.PATH",
        "uuid.rfc4122(\"x\")",
        "time.now_ns() > 0",
        "time[\"now_ns\"]() > 0",
        "abs(1) > 0 with abs as rand.intn",
        "rand.intn(\"x\", 10) >= 0",
    ] {
        let body = format!("findings contains {{\"path\": [\"kind\"], \"message\": \"m\"}} if {call}");
        let files =
            folder(&[("leaver.yaml", OWN), ("a.yaml", FAULTY), ("policies/acme/x/rule.rego", &rule("x", &body))]);
        let output = leaver(files.path(), &["check", "-o", "concise"]);
        let printed = out(&output);
        assert!(code(&output) == 2 && printed.contains("acme/x"), "{call}: {} {printed}", code(&output));
        assert!(printed.contains("jit/no-update-owner"), "the rest is checked: {printed}");
    }
}

/// Builtins with side effects are also refused in libraries, and under names that no text search finds. A string or comment that contains the name of
/// such a builtin is harmless.
#[test]
fn disguised_names_of_builtins_are_detected() {
    let condition =
        |text: &str| format!("findings contains {{\"path\": [\"kind\"], \"message\": \"m\"}} if {{\n\t{text}\n}}");
    for (text, expected_text) in [
        ("time[\"now\\u005fns\"]() > 0", "`time.now_ns` is not available"),
        ("x := time\n\tx.now_ns() > 0", "is not available"),
        ("rand[\"in\\u0074n\"](\"x\", 10) >= 0", "`rand.intn` is not available"),
        ("abs(1) > 0 with abs as time[\"now\\u005fns\"]", "`time.now_ns` is not available"),
        ("data[\"polic\\u0069es\"].jit.x", "refers to another rule"),
        ("input.kind == \"time.now_ns\" # rand.intn", ""),
        ("input.now_ns == 1", ""),
    ] {
        let files = folder(&[
            ("leaver.yaml", OWN),
            ("a.yaml", FAULTY),
            ("policies/acme/hostile/rule.rego", &rule("hostile", &condition(text))),
        ]);
        let output = leaver(files.path(), &["check", "--select", "acme", "-o", "concise"]);
        let printed = out(&output);
        if expected_text.is_empty() {
            assert_eq!(code(&output), 0, "{text}: {printed}");
        } else {
            assert!(
                code(&output) == 2 && printed.contains("acme/hostile") && printed.contains(expected_text),
                "{text}: {printed}"
            );
        }
    }
    let library = "package policies.lib.ours\n\nyes if time[\"now\\u005fns\"]() > 0\n";
    let body = format!("import data.policies.lib.ours\n\n{}", condition("ours.yes"));
    let files = folder(&[
        ("leaver.yaml", OWN),
        ("a.yaml", FAULTY),
        ("policies/acme/hostile/rule.rego", &rule("hostile", &body)),
        ("policies/lib/ours.rego", library),
    ]);
    let output = leaver(files.path(), &["check", "--select", "acme", "-o", "concise"]);
    assert!(code(&output) == 2 && out(&output).contains("`time.now_ns` is not available"), "{}", out(&output));
}
