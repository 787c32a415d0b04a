//! A string, a key or a line may be as long as the largest file, and thousands of keys may have a common prefix. leaver evaluates them, and no
//! format repeats more of a text than a person reads.

use std::fmt::Write as _;

use leaver::{
    output::Format,
    source::{SourceFile, YamlLimits, parse},
};

use crate::common::{code, err, folder, leaver, out};

const HEAD: &str = "apiVersion: leaver/v1\nkind: App\nmetadata: {name: box, owner: t}\n";
/// The maximum length to which any output may repeat a string: two lines of a terminal.
const SHOWN: usize = 200;

fn long(of: &str) -> String {
    of.repeat((1024 * 1024 - 300) / of.len())
}

/// The length of the longest sequence of this character.
fn run(text: &str, of: char) -> usize {
    text.split(|c| c != of).map(str::len).max().unwrap_or(0)
}

#[test]
fn no_format_repeats_a_text_as_long_as_a_file() {
    let x = long("x");
    let spec = |spec: &str| format!("{HEAD}spec: {spec}\n");
    for (what, text, status) in [
        ("a value", spec(&format!("{{notes: {x}, provisioning: {{mode: jit}}}}")), 1),
        ("a value of the wrong type", spec(&format!("{{tier: {x}}}")), 1),
        ("a value that is not allowed", spec(&format!("{{status: {x}}}")), 1),
        ("a value in quotation marks", spec(&format!("{{tier: \"{x}\"}}")), 1),
        ("a block of text", spec(&format!("\n  tier: |\n    {x}")), 1),
        ("an unknown key", spec(&format!("\n  ? {x}\n  : 1")), 1),
        ("a key in quotation marks", spec(&format!("\n  ? \"{x}\"\n  : 1")), 1),
        (
            "a key of a mapping with arbitrary keys",
            HEAD.replace("owner: t", &format!("labels: {{? {x} : 1}}")) + "spec: {}\n",
            1,
        ),
        ("a duplicate key", spec(&format!("\n  ? {}\n  : 1\n  ? {}\n  : 1", &x[..500_000], &x[..500_000])), 1),
        ("a name", HEAD.replace("box", &x) + "spec: {provisioning: {mode: jit}}\n", 1),
        (
            "an undeclared owner",
            HEAD.replace("owner: t", &format!("owner: {x}")) + "spec: {provisioning: {mode: jit}}\n",
            1,
        ),
        ("a kind", HEAD.replace("kind: App", &format!("kind: {x}")) + "spec: {}\n", 1),
        ("a version", HEAD.replace("leaver/v1", &format!("leaver/{x}")) + "spec: {}\n", 1),
        ("a tag", spec(&format!("{{notes: !{x} y}}")), 1),
        ("an anchor", spec(&format!("{{notes: &{x} y, tier: z}}")), 1),
        ("an unknown alias", spec(&format!("{{notes: *{x} }}")), 1),
        ("a comment", spec(&format!("{{tier: y}} # {x}")), 1),
        ("a date", spec(&format!("{{provisioning: {{mode: jit}}, localAccounts: {{none: true, checkedOn: {x}}}}}")), 1),
        ("broken off", spec(&format!("{{notes: \"{x}")), 1),
        ("a number", spec(&format!("{{tier: {}}}", long("9"))), 1),
    ] {
        assert!(text.len() <= 1024 * 1024, "{what}");
        let files = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", &text)]);
        let reports = folder(&[]);
        let outputs: Vec<String> = Format::ALL
            .iter()
            .map(|format| format!("{format}={}", reports.path().join(format.as_str()).display()))
            .collect();
        let mut arguments = vec!["check"];
        arguments.extend(outputs.iter().flat_map(|output| ["-o", output.as_str()]));
        let output = leaver(files.path(), &arguments);
        assert_eq!(code(&output), status, "{what}: {}", err(&output));
        for format in Format::ALL {
            let printed = std::fs::read_to_string(reports.path().join(format.as_str())).expect("a report");
            let longest = run(&printed, 'x').max(run(&printed, '9'));
            assert!(longest <= SHOWN, "{what} in {format}: {longest}");
        }
    }
}

/// Maps that compare keys byte by byte, or use a predictable hash, would need quadratic time.
#[test]
fn keys_with_a_common_prefix_take_linear_time() {
    let compared = |keys: usize| {
        // Long common prefixes are expensive for ordered maps. Keys of equal length are expensive for weak hashes.
        let mut text = String::from("a:\n");
        for nth in 0..keys {
            let _ = writeln!(text, "  {}{nth:06}: 1", "k".repeat(100));
        }
        let limits = YamlLimits { nodes: 1_000_000, ..YamlLimits::default() };
        let started = std::time::Instant::now();
        let parsed = parse(&SourceFile::new("a.yaml", text), &limits);
        assert!(parsed.problems.is_empty() && parsed.documents.len() == 1);
        started.elapsed().as_secs_f64()
    };
    let small = compared(5_000).max(0.001);
    let large = compared(50_000);
    // There are ten times as many keys, so quadratic time would be a hundred times as long. The margin is for a debug build on a busy machine.
    assert!(large < 40.0 * small, "{small} s, {large} s");
}

/// Each error of a mapping has a place, a message and an address. leaver must not search the whole document for each of them.
#[test]
fn errors_of_one_document_take_linear_time() {
    let spent = |entry: &dyn Fn(usize) -> String, count: usize| {
        let entries: Vec<String> = (0..count).map(entry).collect();
        let text = format!("{HEAD}spec: {{{}}}\n", entries.join(", "));
        let files = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", &text)]);
        let started = std::time::Instant::now();
        let output = leaver(files.path(), &["check", "-o", "concise"]);
        let printed = out(&output);
        assert!(code(&output) == 1 && printed.contains("error[schema/unknown-key]"), "{}", err(&output));
        assert!(printed.contains("more errors from here on are not shown"), "{}", printed.lines().count());
        started.elapsed().as_secs_f64()
    };
    let kinds: [&dyn Fn(usize) -> String; 3] =
        [&|nth| format!("k{nth}: 1"), &|nth| format!("k{nth}: no"), &|nth| format!("k\u{430}{nth}: 1")];
    for (at, kind) in kinds.into_iter().enumerate() {
        let small = spent(kind, 600).max(0.1);
        let large = spent(kind, 6_000);
        assert!(large < 40.0 * small, "{at}: {small} s, {large} s");
    }
    // If there are few errors, all of them are listed.
    let few: Vec<String> = (0..400).map(|nth| format!("k{nth}: 1")).collect();
    let files =
        folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", &format!("{HEAD}spec: {{{}}}\n", few.join(", ")))]);
    let printed = out(&leaver(files.path(), &["check", "-o", "concise"]));
    assert_eq!(printed.matches("error[schema/unknown-key]").count(), 400);
}

/// A missing key that a declaration may inherit is not reported. Such keys must not count towards the limit on described errors.
#[test]
fn errors_are_not_hidden_behind_others() {
    let entries: Vec<String> = (0..3_000).map(|nth| format!("k{nth}: {{a: 1}}")).collect();
    for spec in [
        format!("{{pattern: p, lifecycle: {{{}}}, tier: high}}", entries.join(", ")),
        format!("{{lifecycle: {{{}}}, tier: high}}", entries.join(", ")),
        format!("{{populations: [{}], tier: high}}", "{name: p, tier: x}, ".repeat(3_000)),
    ] {
        let pattern = "---\napiVersion: leaver/v1\nkind: Pattern\nmetadata: {name: p, owner: t}\nspec: {tier: 2}\n";
        let text = format!("{HEAD}spec: {spec}\n{pattern}");
        let files = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", &text)]);
        let output = leaver(files.path(), &["check", "-o", "concise"]);
        assert!(code(&output) == 1 && out(&output).contains("error[schema/"), "{}", out(&output));
    }
}

#[test]
fn thousands_of_keys_are_evaluated_or_reported_as_too_many() {
    let app = |count: usize| {
        let labels: Vec<String> = (0..count).map(|nth| format!("{}{nth:05}: x", "k".repeat(12))).collect();
        format!(
            "{}spec: {{provisioning: {{mode: jit}}}}\n",
            HEAD.replace("owner: t", &format!("labels: {{{}}}", labels.join(", ")))
        )
    };
    let check = |count: usize| {
        let files = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", &app(count))]);
        let output = leaver(files.path(), &["check", "-o", "concise"]);
        (code(&output), out(&output))
    };
    for count in [10_000, 20_000] {
        let (status, text) = check(count);
        assert!(status == 1 && text.contains("`labels` has more than 50 keys"), "{status} {text:.500}");
    }
    let (status, text) = check(30_000);
    assert!(status == 2 && text.contains("more than 50000 values"), "{status} {text:.500}");
}
