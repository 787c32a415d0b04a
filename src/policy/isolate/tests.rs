//! Tests the messages of the worker and how the parent handles them.

use super::{child::serve, *};

fn request() -> serde_json::Value {
    serde_json::json!({
        "libraries": [], "rules": [["p/acme/x/rule.rego", "package policies.acme.x\n\nfindings contains {\"path\": [], \"message\": \"m\"} if input.metadata.name == \"a\"\n"]],
        "tasks": [{"rule": "acme/x", "query": "data.policies.acme.x.findings", "kinds": ["App"], "when": {}}],
        "data": {}, "declarations": [["App", {"metadata": {"name": "a"}}], ["Team", {}]], "own": 2, "replaced": [], "rule_millis": 1000, "total_seconds": 60, "memory_mib": 1024,
        "bounds": {"findings": 1000, "rule_bytes": 1_000_000, "all_bytes": 1_000_000}
    })
}

/// The parent's result if the worker sends these messages. `last` is the reason why the worker then sends no more.
fn outcome_of(messages: &str, last: NoResponse) -> (usize, String) {
    outcome_within(Duration::from_secs(60), messages, last)
}

fn outcome_within(left: Duration, messages: &str, last: NoResponse) -> (usize, String) {
    let request: Request = serde_json::from_value(request()).expect("a request");
    let mut messages = messages
        .split_whitespace()
        .map(|message| serde_json::from_str::<Message>(message).map_err(|_| NoResponse::Invalid));
    let deadline = Instant::now() + left;
    let mut tally = Tally::new(request.bounds);
    let mut next = |_| messages.next().unwrap_or(Err(last));
    let round = Round::listen(&request, Budget::default(), deadline, &mut tally, &mut next);
    let end = match round.end {
        End::Done => "done".to_owned(),
        End::Fatal(failure) => {
            assert!(failure.help.is_some_and(|help| help.contains("`limits.memoryMiB`")));
            failure.message
        }
        End::Lost { culprit, reason, .. } => format!("{culprit}: {reason}"),
    };
    (round.results.verdicts.len() + round.results.failures.len(), end)
}

#[test]
fn unexpected_messages_are_failures_and_keep_earlier_findings() {
    let begin = r#"{"load":{"task":0}} {"begin":{"task":0,"declaration":0}}"#;
    let found = r#"{"found":{"task":0,"declaration":0,"findings":[{"message":"m","path":[]}]}}"#;
    let done = r#"{"end":{"task":0}} "done""#;
    assert_eq!(outcome_of(&format!("{begin} {found} {done}"), NoResponse::Ended), (1, "done".into()));
    for (messages, last, kept, expected_text) in [
        (
            r#"{"found":{"task":7,"declaration":0,"findings":[]}}"#.to_owned(),
            NoResponse::Ended,
            0,
            "sent a response for an unknown rule",
        ),
        (
            r#"{"failed":{"task":7,"message":"m"}}"#.to_owned(),
            NoResponse::Ended,
            0,
            "sent a response for an unknown rule",
        ),
        (r#"{"end":{"task":1}}"#.to_owned(), NoResponse::Ended, 0, "sent a response for an unknown rule"),
        (format!("{begin} {found} \"done\""), NoResponse::Ended, 1, "ended before every rule had run"),
        (r#"{"end":{"task":0}} {"end":{"task":0}}"#.to_owned(), NoResponse::Ended, 0, "ended one rule twice"),
        (
            format!("{begin} {found} nonsense"),
            NoResponse::Ended,
            1,
            "0: on a ended early: its response is invalid or too long",
        ),
        (format!("{begin} {found}"), NoResponse::Ended, 1, "0: on a ended early: it ran out of memory (limit 600 MiB)"),
        (format!("{begin} {found}"), NoResponse::TimedOut, 1, "0: on a was stopped after 2000 ms"),
        (r#"{"load":{"task":0}}"#.to_owned(), NoResponse::Ended, 0, "0: (during compilation) ended early"),
        (String::new(), NoResponse::Ended, 0, "the process that runs your rules: ended early"),
    ] {
        let (found, end) = outcome_of(&messages, last);
        assert!(found == kept && end.contains(expected_text), "{messages}: {found}, {end}");
    }
    let (_, end) = outcome_within(Duration::ZERO, begin, NoResponse::TimedOut);
    assert_eq!(end, "0: (during compilation) was stopped: all your rules together took longer than 60 s");
}

/// The parent's result for a worker that repeats a message without end. The round may take one second.
fn endless(message: &'static str) -> (usize, String) {
    let request: Request = serde_json::from_value(request()).expect("a request");
    let mut tally = Tally::new(request.bounds);
    let mut first = Some(r#"{"load":{"task":0}}"#);
    let mut next = |_| Ok(serde_json::from_str(first.take().unwrap_or(message)).expect("a message"));
    let deadline = Instant::now() + Duration::from_secs(1);
    let round = Round::listen(&request, Budget::default(), deadline, &mut tally, &mut next);
    let End::Lost { culprit: 0, reason, .. } = round.end else { panic!("the rule is named") };
    assert!(reason.contains("all your rules together took longer"), "{reason}");
    let failures = round.results.failures.iter().map(|failure| failure.message.clone()).collect::<Vec<_>>();
    (round.results.verdicts.len() + failures.len(), failures.join("\n"))
}

#[test]
fn an_endless_worker_is_stopped_within_the_limits() {
    for (message, most, expected_text) in [
        (r#"{"load":{"task":0}}"#, 0, ""),
        (r#"{"begin":{"task":0,"declaration":0}}"#, 0, ""),
        (
            r#"{"full":{"task":0}}"#,
            1,
            "rule `acme/x` has too many findings, or findings that are too long: only the first 0",
        ),
        (r#"{"failed":{"task":0,"message":"m"}}"#, 101, "rule `acme/x` failed more than 100 times"),
        (r#"{"found":{"task":0,"declaration":0,"findings":[]}}"#, 0, ""),
        (
            r#"{"found":{"task":0,"declaration":0,"findings":[{"message":"m","path":[]}]}}"#,
            1_001,
            "rule `acme/x` has too many findings, or findings that are too long: only the first 1000",
        ),
        (r#"{"found":{"task":0,"declaration":0,"findings":[{"message":"m"}]}}"#, 101, "failed more than 100 times"),
    ] {
        let (kept, failures) = endless(message);
        assert!(kept == most && failures.contains(expected_text), "{message}: {kept} {failures}");
    }
}

#[test]
fn the_worker_limits_the_findings_of_a_rule() {
    let many =
        "findings contains {\"path\": [], \"message\": sprintf(\"%d\", [n])} if some n in numbers.range(1, 1500)";
    let messages = messages_of("a", many, 2_000);
    assert!(messages.iter().any(|message| message == r#"{"full":{"task":0}}"#), "{}", messages.len());
    let sent = messages.iter().map(|message| message.matches("message").count()).sum::<usize>();
    assert_eq!(sent, 1_000);
    let large = "x := concat(\"\", [\"0123456789\" | some _ in numbers.range(1, 200000)])\n\nfindings contains {\"path\": [], \"message\": x}";
    let messages = messages_of("a", large, 5_000);
    assert!(
        messages.iter().any(|message| message.contains("a finding of") && message.len() < 200),
        "{}",
        messages.len()
    );
}

/// Returns the worker's messages for an App with this name. The rule may take `rule_millis` milliseconds.
fn messages_of(name: &str, body: &str, rule_millis: u64) -> Vec<String> {
    let mut request = request();
    request["declarations"] = serde_json::json!([["App", {"metadata": {"name": name}}]]);
    request["rule_millis"] = rule_millis.into();
    request["rules"][0][1] = format!("package policies.acme.x\n\n{body}\n").into();
    let mut output = Vec::new();
    serve(serde_json::from_value(request).expect("a request"), &mut output).expect("it can write");
    std::str::from_utf8(&output).expect("text").lines().map(str::to_owned).collect()
}

#[test]
fn the_worker_enforces_time_limits_and_skips_rules_that_cannot_apply() {
    let endless = "findings contains {\"path\": [], \"message\": \"m\"} if {\n\tsome a in numbers.range(1, 4000)\n\tsome b in numbers.range(1, 4000)\n\ta * b == -1\n}";
    let messages = messages_of("a", endless, 50);
    assert!(messages.iter().any(|message| message.contains("failed on a: took longer than 50 ms")), "{messages:?}");
    let open = "findings contains {\"path\": [], \"message\": \"m\"} if regex.match(`b`, input.metadata.name)";
    assert_eq!(messages_of("a", open, 1000).len(), 4, "load, begin, end and done");
    let never = "findings contains {\"path\": [], \"message\": \"m\"} if input.metadata.name == \"b\"";
    assert_eq!(messages_of("a", never, 1000).len(), 3, "it cannot apply, so it is not evaluated");
}

#[test]
fn the_worker_reports_each_step() {
    let mut output = Vec::new();
    serve(serde_json::from_value(request()).expect("a request"), &mut output).expect("it can write");
    let lines: Vec<&str> = std::str::from_utf8(&output).expect("text").lines().collect();
    assert_eq!(
        lines,
        [
            r#"{"load":{"task":0}}"#,
            r#"{"begin":{"task":0,"declaration":0}}"#,
            r#"{"found":{"task":0,"declaration":0,"findings":[{"message":"m","path":[]}]}}"#,
            r#"{"end":{"task":0}}"#,
            r#""done""#
        ]
    );
}
