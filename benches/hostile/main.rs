//! Measures the worst single files. Each file repeats one construct up to the size limit (1 MiB). `cargo run --release --manifest-path
//! benches/Cargo.toml --bin hostile` measures whole processes and prints the Markdown table in docs/robustness.md. A word after `--` selects cases by
//! name.

#![allow(clippy::print_stdout, clippy::cast_precision_loss, reason = "it prints its tables, with sizes far below 2^52")]

#[path = "../catalogue/measure.rs"]
#[allow(dead_code, reason = "only the other benchmark uses the other items")]
mod measure;

use std::{env, fs, path::Path};

use measure::{child, fastest};

/// `limits.fileBytes`.
const FULL: usize = 1024 * 1024;
const ROUNDS: usize = 3;
/// The limits for each case, in seconds of processor time and in MiB. Processor time depends less on the load of the machine than wall-clock time.
const LIMITS: (f64, f64) = (2.0, 128.0);

const HEAD: &str = "apiVersion: leaver/v1\nkind: App\nmetadata: {name: a, owner: t}\n";

fn main() {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [command, rest @ ..] = arguments.as_slice()
        && command == "__run"
    {
        println!("{}", measure::run(rest).line());
        return;
    }
    println!("| one file of | KiB | status | wall, s | processor, s | peak, MiB |");
    println!("| --- | --- | --- | --- | --- | --- |");
    let mut missed = Vec::new();
    for (name, text) in cases() {
        if arguments.first().is_some_and(|word| !name.contains(word.as_str())) {
            continue;
        }
        assert!(text.len() <= FULL, "{name}: {}", text.len());
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("leaver.yaml"), "version: 1\n").expect("a file");
        fs::write(folder.path().join("a.yaml"), &text).expect("a file");
        // Report the slowest of three formats: one format for people, and two formats with the whole report.
        let mut worst: Option<(i32, measure::Cost)> = None;
        for format in ["full", "json", "sarif"] {
            let cost = fastest(ROUNDS, || child(&check(folder.path(), format)));
            if worst.is_none_or(|(_, other)| cost.processor > other.processor) {
                worst = Some((status(folder.path()), cost));
            }
        }
        let Some((status, cost)) = worst else { continue };
        let kib = text.len() / 1024;
        println!("| {name} | {kib} | {status} | {:.2} | {:.2} | {:.0} |", cost.wall, cost.processor, cost.peak_mib);
        if cost.processor > LIMITS.0 || cost.peak_mib > LIMITS.1 {
            missed.push(name);
        }
    }
    let chosen = |name: &str| arguments.first().is_none_or(|word| name.contains(word.as_str()));
    if chosen("sign-offs") {
        signoffs();
    }
    if missed.is_empty() {
        println!("\nAll within {} s of processor time and {} MiB.", LIMITS.0, LIMITS.1);
    } else {
        println!("\nOver {} s of processor time or {} MiB: {}.", LIMITS.0, LIMITS.1, missed.join(", "));
    }
}

/// Measures many manifests together, and single manifests at the limits of size and depth.
fn signoffs() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    let required = "version: 1\nsignoff: {required: [{name: c, when: {tiers: [1]}, roles: [r], maxAgeDays: 365}]}\n";
    write("leaver.yaml", required);
    write("a.yaml", &format!("{HEAD}spec: {{tier: 1, provisioning: {{mode: none}}}}\n"));
    let texts = ["", "version: 1\napprovers: []\n", ""];
    for (name, text) in leaver::signoff::FILES.iter().zip(texts) {
        write(&format!("trust/{name}"), text);
    }
    write(&format!("trust/{}", leaver::signoff::SUMS), &leaver::signoff::sums(texts));
    let made = std::process::Command::new(measure::leaver())
        .args(["signoff", "sign", "a", "--reviewer", "x", "--role", "r", "--output", "m.json"])
        .env("LEAVER_TODAY", "2026-11-25")
        .current_dir(folder.path())
        .output()
        .expect("leaver starts");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let manifest = fs::read_to_string(folder.path().join("m.json")).expect("a manifest");
    println!("\n| sign-offs | MiB | wall, s | processor, s | peak, MiB |\n| --- | --- | --- | --- | --- |");
    let row = |name: &str, bytes: usize| {
        let cost = fastest(ROUNDS, || child(&check(folder.path(), "concise")));
        let mib = (bytes / 1024 / 103) as f64 / 10.0;
        println!("| {name} | {mib} | {:.2} | {:.2} | {:.0} |", cost.wall, cost.processor, cost.peak_mib);
    };
    row("none", 0);
    for count in [1_000, 2_000, 4_000] {
        (0..count).for_each(|nth| write(&format!("signoffs/{nth}.json"), &manifest));
        row(&format!("{count} manifests, unsigned"), count * manifest.len());
    }
    fs::remove_dir_all(folder.path().join("signoffs")).expect("an existing folder");
    // The JSON parser reads at most 128 levels. The manifest already has eight levels.
    let deep = format!("{}0{}", "[".repeat(110), "]".repeat(110));
    let items = (leaver::signoff::MANIFEST_BYTES - manifest.len() - 1_000) / (deep.len() + 1);
    let mut value: serde_json::Value = serde_json::from_str(&manifest).expect("JSON");
    let deep: serde_json::Value = serde_json::from_str(&deep).expect("JSON");
    value["predicate"]["apps"][0]["declaration"]["spec"]["deep"] = vec![deep; items].into();
    let text = value.to_string();
    write("signoffs/deep.json", &text);
    row("one with the most and deepest lists that a file can hold (refused)", text.len());
    // A manifest may have 200,000 lists and mappings. This manifest has about twenty before the deep lists are added.
    let items = 199_900 / 110;
    let fill = (leaver::signoff::MANIFEST_BYTES - manifest.len() - 1_000) / items - 2 * 110 - 4;
    let deep = format!("{}\"{}\"{}", "[".repeat(110), "x".repeat(fill), "]".repeat(110));
    let deep: serde_json::Value = serde_json::from_str(&deep).expect("JSON");
    value["predicate"]["apps"][0]["declaration"]["spec"]["deep"] = vec![deep; items].into();
    let text = value.to_string();
    write("signoffs/deep.json", &text);
    row("one at the limit of size and depth", text.len());
}

/// Runs leaver through a shell that also accepts exit statuses 2 and 3, since reaching a limit is expected.
fn check(folder: &Path, format: &str) -> Vec<String> {
    let script = "\"$0\" check --today 2026-11-25 -o \"$2\" \"$1\"; test $? -le 3";
    let folder = folder.to_string_lossy().into_owned();
    ["/bin/sh", "-c", script, &measure::leaver(), &folder, format].map(str::to_owned).into()
}

fn status(folder: &Path) -> i32 {
    let output =
        std::process::Command::new(measure::leaver()).args(["check", "--today", "2026-11-25"]).arg(folder).output();
    output.expect("leaver starts").status.code().expect("a status")
}

/// Returns a text of numbered copies of a piece, up to the size limit of a file.
fn copies_up_to_the_limit(head: &str, tail: &str, piece: impl Fn(usize) -> String) -> String {
    let mut text = head.to_owned();
    for nth in 0.. {
        let piece = piece(nth);
        if text.len() + piece.len() + tail.len() > FULL {
            break;
        }
        text.push_str(&piece);
    }
    text + tail
}

fn cases() -> Vec<(&'static str, String)> {
    let app = |nth: usize| {
        format!(
            "apiVersion: leaver/v1\nkind: App\nmetadata: {{name: a{nth}}}\nspec: {{tier: 1, provisioning: {{mode: jit}}}}\n---\n"
        )
    };
    let token = ["ghp_", "0123456789abcdefABCDEF0123456789abcd"].concat();
    let key = ["-----BEGIN ", "PRIVATE KEY-----\\n"].concat();
    // The aliases expand to 48,000 values, just below the limit of 50,000.
    let list: Vec<String> = (0..48).map(|nth| format!("x{nth}")).collect();
    let aliases =
        format!("{HEAD}spec: {{populations: &a [{}], roles: [{}]}}\n", list.join(", "), ["*a"; 999].join(", "));
    vec![
        ("one text", copies_up_to_the_limit(&format!("{HEAD}spec: {{notes: '"), "', provisioning: {mode: jit}}\n", |_| "x".into())),
        ("one text with escapes", copies_up_to_the_limit(&format!("{HEAD}spec: {{notes: \""), "\", tier: x}\n", |_| "\\u001b".into())),
        (
            "one block text of short lines",
            copies_up_to_the_limit(&format!("{HEAD}spec:\n  tier: x\n  notes: |\n"), "", |_| "    x\n".into()),
        ),
        ("one key", copies_up_to_the_limit(&format!("{HEAD}spec: {{? '"), "' : 1}\n", |_| "k".into())),
        ("one comment", copies_up_to_the_limit(HEAD, "\nspec: {tier: x}\n", |_| "# x".into())),
        ("one line of many unknown keys", copies_up_to_the_limit(&format!("{HEAD}spec: {{"), "}\n", |nth| format!("k{nth}: 1, "))),
        ("unknown keys, one a line", copies_up_to_the_limit(&format!("{HEAD}spec:\n"), "", |nth| format!("  k{nth}: 1\n"))),
        (
            "values of the wrong type",
            copies_up_to_the_limit(&format!("{HEAD}spec: {{roles: ["), "]}\n", |_| "{name: 1, max: x, owner: 2}, ".into()),
        ),
        (
            "lists nested to the limit",
            copies_up_to_the_limit(&format!("{HEAD}spec: {{populations: ["), "]}\n", |_| {
                format!("{}1{}, ", "[".repeat(28), "]".repeat(28))
            }),
        ),
        ("lists nested past the limit", copies_up_to_the_limit(HEAD, "", |_| "[".into())),
        ("aliases to the limit", aliases),
        (
            "an alias bomb",
            copies_up_to_the_limit("a: &a [x, x, x, x, x, x, x, x, x, x]\n", "", |nth| {
                format!("b{nth}: &b{nth} [*a, *a, *a, *a, *a, *a]\n")
            }),
        ),
        ("empty documents", copies_up_to_the_limit("", "", |_| "---\n".into())),
        ("apps with all findings", copies_up_to_the_limit("", "", app)),
        (
            "broken documents",
            copies_up_to_the_limit("", "", |nth| format!("---\napiVersion: leaver/v1\nkind: App\nmetadata: [a{nth}\n")),
        ),
        (
            "one app with thousands of secrets",
            copies_up_to_the_limit(&format!("{HEAD}spec:\n  nonHuman:\n"), "", |nth| {
                format!("    - {{name: n{nth}, purpose: {token}}}\n")
            }),
        ),
        ("a broken file of secrets", copies_up_to_the_limit(&format!("{HEAD}spec: ["), "", |_| format!(" -{token}"))),
        ("a broken file of private keys", copies_up_to_the_limit(&format!("{HEAD}spec: ["), "", |_| key.clone())),
        (
            "a waiver for thousands of apps",
            copies_up_to_the_limit(
                "apiVersion: leaver/v1\nkind: Waiver\nmetadata: {name: w}\nspec: {rule: jit/no-update-owner, approver: x, reason: y, expires: 2026-12-31, apps: [",
                "]}\n",
                |nth| format!("app-{nth}, "),
            ),
        ),
        (
            "apps with one waiver for each",
            copies_up_to_the_limit("", "", |nth| {
                format!(
                    "{}apiVersion: leaver/v1\nkind: Waiver\nmetadata: {{name: w{nth}}}\nspec: {{rule: jit/no-update-owner, apps: [a{nth}], approver: x, reason: y, expires: 2026-12-31}}\n---\n",
                    app(nth)
                )
            }),
        ),
        ("apps with the same name", copies_up_to_the_limit("", "", |_| app(0))),
        (
            "keys with a common prefix",
            copies_up_to_the_limit(
                &format!("{HEAD}spec: {{provisioning: {{mode: jit}}}}\n---\n{HEAD}")
                    .replace("metadata: {name: a, owner: t}\n", "metadata: {name: a, labels: {")
                    .replacen("metadata: {name: a, labels: {", "metadata: {name: b}\n", 1),
                "}}\nspec: {tier: x}\n",
                |nth| format!("{}{nth}: x, ", "k".repeat(20)),
            ),
        ),
        (
            "no YAML at all",
            copies_up_to_the_limit("apiVersion: leaver/v1\n", "", |nth| {
                char::from_u32(0x21 + u32::try_from(nth * 7 % 90).unwrap_or(0)).map_or(String::new(), String::from)
            }),
        ),
    ]
}
