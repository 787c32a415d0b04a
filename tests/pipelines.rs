//! The GitHub action, the GitLab component, the hooks and the images agree with the command line and with `docs/ci.md`.

use std::collections::BTreeSet;

use regex::Regex;

use crate::common::{leaver, out, root};

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn matches(pattern: &str, text: &str) -> BTreeSet<String> {
    let pattern = Regex::new(pattern).expect("a pattern");
    pattern.captures_iter(text).map(|found| found[1].to_owned()).collect()
}

/// The lines of a file that run leaver or prepare the options of leaver.
fn commands(path: &str) -> String {
    let text = read(path).replace("\\\n", " ");
    let is_command = |line: &&str| {
        let line = line.trim_start().trim_start_matches("- ");
        ["leaver check", "leaver diff", "option --", "entry: leaver", "args:", "exec leaver"]
            .iter()
            .any(|start| line.contains(start))
            && !line.starts_with('#')
    };
    text.lines().filter(is_command).collect::<Vec<_>>().join("\n")
}

#[test]
fn pipelines_use_options_and_formats_that_exist() {
    let help = ["check", "diff"].map(|command| out(&leaver(&root(), &[command, "--help"]))).concat();
    let known = matches(r"(--[a-z][a-z-]+)", &help);
    let formats = matches(r"(?m)^ +- ([a-z]+):", &help).into_iter().chain(matches(r"\b([a-z]+)\b", &help));
    let formats: BTreeSet<String> = formats.collect();
    let mut used = BTreeSet::new();
    for path in [".github/action/run.sh", "templates/leaver.yml", ".pre-commit-hooks.yaml", "docs/ci.md", "README.md"] {
        let commands = commands(path);
        assert!(commands.contains("leaver"), "{path} runs it");
        for option in matches(r#"(?:^|[\s"'`(\[])(--[a-z][a-z-]+)"#, &commands) {
            assert!(known.contains(&option), "{path}: {option}");
            used.insert(option);
        }
        for format in matches(r#"(?:-o |--output="?)([a-z]+)"#, &commands) {
            assert!(formats.contains(&format), "{path}: {format}");
        }
    }
    assert!(used.len() > 7, "options are recognised: {used:?}");
}

#[test]
fn inputs_are_used_and_documented() {
    let page = read("docs/ci.md");
    let section = |start: &str, end: &str| {
        let from = page.find(start).expect("a section");
        let rest = &page[from + start.len()..];
        rest[..rest.find(end).unwrap_or(rest.len())].to_owned()
    };
    let action = read("action.yml");
    let inputs = action.split("\noutputs:").next().expect("a part");
    let inputs = matches(r"(?m)^  ([a-z-]+):$", inputs);
    let github = section("## GitHub Actions", "\n## ");
    for input in inputs.iter().filter(|input| *input != "token") {
        assert!(github.contains(&format!("`{input}`")), "docs/ci.md describes the input {input}");
    }
    for input in &inputs {
        assert!(action.contains(&format!("inputs.{input}")), "the action uses {input}");
    }
    let outputs = action.split("\noutputs:").nth(1).and_then(|text| text.split("\nruns:").next()).expect("a part");
    for output in matches(r"(?m)^  ([a-z-]+):$", outputs) {
        assert!(github.contains(&format!("`{output}`")), "docs/ci.md describes the output {output}");
    }
    let scripts = read(".github/action/run.sh") + &read(".github/action/install.sh");
    for variable in matches(r"(INPUT_[A-Z_]+):", &action) {
        assert!(scripts.contains(&variable), "a script uses {variable}");
    }
    let component = read("templates/leaver.yml");
    let (inputs, job) = component.split_once("\n---\n").expect("two parts");
    let gitlab = section("## GitLab", "\n## ");
    for input in matches(r"(?m)^    ([a-z-]+):$", inputs) {
        assert!(gitlab.contains(&format!("`{input}`")), "docs/ci.md describes the input {input} of the component");
        assert!(job.contains(&format!("inputs.{input} ")), "the component uses {input}");
    }
    for variable in matches(r"(INPUT_[A-Z_]+):", job) {
        assert!(job.contains(&format!("${variable}")) || job.contains(&format!("${{{variable}")), "{variable} is used");
    }
}

/// Settings of leaver.yaml stay in force unless an input overrides them.
#[test]
fn pipelines_override_nothing_by_default() {
    let component = read("templates/leaver.yml");
    let (inputs, job) = component.split_once("\n---\n").expect("two parts");
    for name in ["profile", "since", "fail-on"] {
        let from = inputs.find(&format!("\n    {name}:\n")).expect("an input");
        let text: String = inputs[from + 1..].lines().take(4).collect::<Vec<_>>().join("\n");
        assert!(text.contains("default: \"\""), "{text}");
        let variable = format!("INPUT_{}", name.to_uppercase().replace('-', "_"));
        let is_optional = job.contains(&format!("${{{variable}:+\"--{name}")) || name == "since";
        assert!(is_optional, "--{name} is given only if the input is");
    }
    let action = read("action.yml");
    for name in ["config", "profile", "fail-on", "since", "baseline", "paths"] {
        let from = action.find(&format!("\n  {name}:\n")).expect("an input");
        let text = action[from + 1..].split("\n  ").take(8).collect::<Vec<_>>().join("\n");
        let default = text.lines().find(|line| line.contains("default:")).expect("a default");
        assert!(default.ends_with("\"\""), "{name}: {default}");
    }
}

/// The image contains all files that the build of the package reads, and a recent enough compiler.
#[test]
fn the_image_has_everything_that_the_build_reads() {
    let (image, manifest) = (read("Dockerfile"), read("Cargo.toml"));
    let version = |text: &str, pattern: &str| -> Vec<u32> {
        let found = Regex::new(pattern).expect("a pattern").captures(text).expect("a version")[1].to_owned();
        found.split('.').map(|part| part.parse().expect("a number")).collect()
    };
    let (compiler, least) =
        (version(&image, r"FROM rust:([0-9.]+)"), version(&manifest, r#"(?m)^rust-version = "([0-9.]+)""#));
    assert!(compiler >= least, "{compiler:?} {least:?}");
    let copied: BTreeSet<String> = image
        .lines()
        .filter_map(|line| line.strip_prefix("COPY "))
        .flat_map(|line| line.split(' ').map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let include =
        Regex::new(r"(?m)^include = \[(.+)\]").expect("a pattern").captures(&manifest).expect("a list")[1].to_owned();
    let needed = matches(r#""/([a-z.]+)""#, &include);
    assert!(needed.contains("src") && needed.contains("policies"), "{needed:?}");
    for path in needed.iter().map(String::as_str).chain(["crates", "Cargo.toml", "Cargo.lock"]) {
        assert!(copied.contains(path), "{path} is copied into the image");
    }
    for command in matches(r#"CMD \["([a-z]+)"\]"#, &image) {
        assert!(out(&leaver(&root(), &["--help"])).contains(&format!("  {command} ")), "{command}");
    }
}
