//! The cross product: a test puts every payload into every field of every kind. The payload is a value of the right or the wrong type, or a key, and
//! is escaped or unescaped. The output must be harmless for its consumer in every format.

use leaver::{
    Request, check,
    config::Overrides,
    files::Workspace,
    output::{Format, Style, render},
    report::Report,
    ruleset,
};

use crate::{
    common::{self, folder, leaver, out},
    siege::{
        fields::{Fill, Schema, yaml},
        harmless::{PAYLOADS, assert_harmless, sarif_schema},
    },
};

fn report_on(name: &str, text: &str) -> Report {
    let (mut config, ruleset) = ruleset::load(
        &Workspace::default(),
        common::root().join("tests/siege").to_str().expect("text").into(),
        None,
        &Overrides::default(),
    )
    .expect("the default configuration");
    config.limits.yaml.documents = 100;
    config.limits.file_bytes *= 4;
    let request =
        Request { text: Some((name.to_owned(), text.to_owned())), today: common::TODAY.into(), ..Request::default() };
    check(&config, &ruleset, &request, &|_, _| {})
}

fn rendered(format: Format, report: &Report) -> String {
    let mut bytes = Vec::new();
    render(format, report, &Style::default(), &mut bytes).expect("writing to a vector succeeds");
    String::from_utf8(bytes).expect("output is UTF-8")
}

#[test]
fn every_field_of_every_kind_is_harmless_in_every_format() {
    let schema = Schema::read();
    let sarif = sarif_schema();
    let mut reached = 0;
    for payload in PAYLOADS {
        let mut documents = Vec::new();
        for kind in schema.kinds() {
            for fill in [Fill::Valid, Fill::Everywhere, Fill::Keys] {
                let (value, places) = schema.declaration(&kind, payload, fill);
                reached += places.len();
                documents.extend([false, true].map(|raw| yaml(&value, raw)));
                // Without special characters, the escaped and the unescaped document are equal.
                documents.dedup();
            }
        }
        let name = format!("apps/{}.yaml", payload.replace(['\0', '/'], "_"));
        let report = report_on(&name, &documents.join("\n---\n"));
        assert!(report.failures.is_empty(), "{:?}", report.failures);
        // Rules evaluate the valid declarations; the schema refuses the others.
        let of =
            |group: &str| report.findings.iter().filter(|finding| finding.rule.as_str().starts_with(group)).count();
        assert!(
            of("schema/") > 100 && of("schema/") + 5 < report.findings.len(),
            "{} of {}",
            of("schema/"),
            report.findings.len()
        );
        for format in Format::ALL {
            assert_harmless(format, &rendered(format, &report), &sarif);
        }
    }
    assert!(reached > 5_000, "the schema is walked: {reached}");
}

#[test]
fn the_cross_product_covers_everything_the_schema_allows() {
    let schema = Schema::read();
    for kind in schema.kinds() {
        let (value, places) = schema.declaration(&kind, "plain text", Fill::Valid);
        let report = report_on("a.yaml", &yaml(&value, false));
        let shape: Vec<&str> = report
            .findings
            .iter()
            .filter(|finding| finding.rule.as_str().starts_with("schema/"))
            .map(|finding| finding.message.as_str())
            .collect();
        assert!(shape.is_empty() && places.len() >= 3, "{kind}: {shape:?}, {places:?}");
    }
}

/// Source lines in snippets are shown as they are, except for dangerous characters.
#[test]
fn only_leaver_writes_colours_and_links() {
    for payload in PAYLOADS {
        let (value, _) = Schema::read().declaration("App", payload, Fill::Everywhere);
        let report = report_on("a.yaml", &yaml(&value, true));
        let style = Style { color: true, hyperlinks: true, ..Style::default() };
        let mut bytes = Vec::new();
        render(Format::FULL, &report, &style, &mut bytes).expect("writing to a vector succeeds");
        let text = String::from_utf8(bytes).expect("text");
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once('\u{1b}') {
            assert!(!before.contains(|c: char| c.is_control() && c != '\n'), "{before:?}");
            rest = if let Some(sgr) = after.strip_prefix('[') {
                let (numbers, rest) = sgr.split_once('m').expect("a colour ends");
                assert!(numbers.chars().all(|c| c.is_ascii_digit() || c == ';'), "{numbers:?}");
                rest
            } else {
                let link =
                    after.strip_prefix("]8;;").unwrap_or_else(|| panic!("neither colour nor link: {after:.40?}"));
                let (url, rest) = link.split_once("\u{1b}\\").expect("a link ends");
                assert!(url.is_empty() || url.starts_with("https://github.com/leaver-lint/"), "{url:?}");
                rest
            };
        }
        assert!(!rest.contains(|c: char| c.is_control() && c != '\n'), "{rest:?}");
    }
}

/// Names of files and folders can be chosen by a change, too, and standard error is shown on the same terminals.
#[cfg(unix)]
#[test]
fn names_of_files_are_harmless_on_both_streams() {
    let sarif = sarif_schema();
    for payload in PAYLOADS {
        let name = format!("apps/{}.yaml", payload.replace(['\0', '/'], "_").chars().take(60).collect::<String>());
        let broken = format!("apps/{}.yml", payload.replace(['\0', '/'], "_").chars().take(60).collect::<String>());
        let files =
            folder(&[("leaver.yaml", "version: 1\n"), (&name, common::FAULTY), (&broken, "kind: App\nspec: [\n")]);
        std::os::unix::fs::symlink(
            "/etc/hostname",
            files
                .path()
                .join(format!("link{}.yaml", payload.replace(['\0', '/'], "_").chars().take(60).collect::<String>())),
        )
        .expect("a link");
        // One run writes all formats to a folder next to the catalogue.
        let reports = folder(&[]);
        let file = |format: Format| reports.path().join(format.as_str()).to_str().expect("text").to_owned();
        let outputs: Vec<String> = Format::ALL.map(|format| format!("{format}={}", file(format))).into();
        let mut arguments = vec!["check", "-o", "full", "--verbose", "--statistics"];
        arguments.extend(outputs.iter().flat_map(|output| ["-o", output.as_str()]));
        let output = leaver(files.path(), &arguments);
        assert_eq!(common::code(&output), 2, "the link is reported");
        assert_harmless(Format::FULL, &out(&output), &sarif);
        assert_harmless(Format::CONCISE, &common::err(&output), &sarif);
        for format in Format::ALL {
            assert_harmless(format, &std::fs::read_to_string(file(format)).expect("a report"), &sarif);
        }
    }
}

/// Arguments, the configuration and a baseline may come from somebody's change as well.
#[test]
fn errors_of_the_command_line_and_the_configuration_are_harmless() {
    let sarif = sarif_schema();
    for payload in PAYLOADS {
        let quoted = yaml(&serde_json::json!(payload), true);
        let config = format!(
            "version: 1\n{quoted}: 1\nprofile: {quoted}\nrules: {{{quoted}: {{severity: {quoted}}}}}\npolicies: [{quoted}]\n"
        );
        let baseline = format!("{{{quoted}: 1}}");
        let files = folder(&[
            ("leaver.yaml", &config),
            ("a.yaml", common::CLEAN),
            ("b/leaver.yaml", "version: 1\n"),
            ("b/a.yaml", common::CLEAN),
            ("b/base.json", &baseline),
        ]);
        let typed = payload.replace('\0', "");
        let equals = format!("--color={typed}");
        let cases: [(&str, &[&str]); 11] = [
            ("", &["check", "-o", "concise"]),
            ("b", &["check", "-o", "concise", "--baseline", "base.json"]),
            ("b", &["check", "-o", "concise", "--select", &typed]),
            ("b", &["check", "-o", "concise", "--today", &typed]),
            ("b", &["explain", &typed]),
            ("b", &["check", "-o", "concise", "--profile", &typed]),
            // The parser of the command line quotes values, too.
            ("b", &["schema", &typed]),
            ("b", &["completions", &typed]),
            ("b", &["check", "--threads", &typed]),
            ("b", &["check", &equals]),
            ("b", &[&typed]),
        ];
        for (inner, arguments) in cases {
            if arguments.contains(&typed.as_str()) && typed.starts_with('-') {
                continue;
            }
            let output = leaver(&files.path().join(inner), arguments);
            assert_eq!(common::code(&output), 2, "{payload:?} {arguments:?}: {}", out(&output));
            for printed in [out(&output), common::err(&output)] {
                assert_harmless(Format::CONCISE, &printed, &sarif);
            }
        }
    }
}

/// Rules may be untrusted: their metadata is shown with their findings, as text and as Markdown.
#[test]
fn the_metadata_of_a_rule_is_harmless() {
    let sarif = sarif_schema();
    let mut ran = 0;
    for payload in PAYLOADS {
        let quoted = yaml(&serde_json::json!(payload), true);
        let quoted = quoted.trim();
        let rule = format!(
            "# METADATA\n# title: {quoted}\n# description: {quoted}\n# related_resources: [{{ref: 'https://good.example/a', description: {quoted}}}]\n# custom:\n#   severity: error\n#   precision: high\n#   status: stable\n#   since: 1.0.0\n#   scope: App\n#   fix: {quoted}\npackage policies.acme.x\n\nfindings contains {{\"path\": [], \"message\": \"found\"}}\n"
        );
        let page = format!(
            "{payload}\n\n- {payload}\n## {payload}\n\n    {payload}\n\n```yaml\n{payload}\n```\n\n~~~\n{payload}\n"
        );
        let files = folder(&[
            ("leaver.yaml", "version: 1\npolicies: [policies]\n"),
            ("policies/acme/x/rule.rego", &rule),
            ("policies/acme/x/rule.md", &page),
            ("a.yaml", common::CLEAN),
        ]);
        let output = leaver(files.path(), &["check", "-o", "sarif"]);
        let log: serde_json::Value = serde_json::from_str(&out(&output)).unwrap_or_default();
        let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().cloned().unwrap_or_default();
        // If a payload is refused as metadata, the rule is not shown.
        let Some(rule) = rules.iter().find(|rule| rule["id"] == "acme/x") else { continue };
        ran += 1;
        assert_harmless(Format::SARIF, &out(&output), &sarif);
        assert_markdown_help(rule["help"]["markdown"].as_str().expect("Markdown"));
        for text in [&rule["help"]["text"], &rule["shortDescription"]["text"], &rule["fullDescription"]["text"]] {
            let text = text.as_str().expect("text");
            assert!(!text.contains(|c: char| c.is_control() && c != '\n') && !text.contains('\u{202e}'), "{text:?}");
            assert!(!text.replace("\\[", "").contains('['), "a link: {text:?}");
            assert!(!text.lines().any(|line| line.starts_with("::") || line.contains("##[")), "a command: {text:?}");
        }
    }
    assert!(ran > 12, "{ran}");
}

/// Panics if a help text contains markup other than headings, lists, code spans and code blocks.
fn assert_markdown_help(text: &str) {
    let mut fence: Option<String> = None;
    for line in text.lines() {
        assert!(!line.contains(|c: char| c.is_control()) && !line.contains('\u{202e}'), "{line:?}");
        let run: String = line.chars().take_while(|c| *c == '`').collect();
        match &fence {
            Some(open) => {
                if run.len() >= open.len() {
                    fence = None;
                }
            }
            None if run.len() >= 3 => fence = Some(run),
            None => {
                let own = line.starts_with("**Fix:** ") || line == "**Controls:**";
                crate::siege::harmless::assert_markdown(if own { &line[9..] } else { line });
                assert!(!line.starts_with("    "), "{line:?}");
            }
        }
    }
    assert!(fence.is_none(), "a block is left open: {text:?}");
}
