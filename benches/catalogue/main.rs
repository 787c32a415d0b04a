//! Measures checks of catalogues of several sizes, and the steps of a check. `cargo run --release --manifest-path benches/Cargo.toml --bin catalogue`
//! measures catalogues of 1, 1,000 and 10,000 apps and prints tables in Markdown. Numbers after `--` are other sizes; `-- __growth` measures single
//! rules on growing catalogues. Compare figures within a run only.

#![allow(clippy::print_stdout, reason = "the program prints tables")]

mod bare;
mod growth;
mod measure;
mod patterns;
mod steps;

#[path = "../../tests/generated/make/mod.rs"]
#[allow(dead_code, reason = "only tests use the other items")]
mod make;

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use make::{DEFAULT, TODAY};
use measure::{Cost, child, fastest};
use patterns::{Form, documents};

/// The number of documents per file in the second layout.
const MANY: usize = 50;
const PROFILE: &str = DEFAULT.profile;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    // The measured process is a grandchild of this process. Otherwise, the system would report the peak memory of all runs together.
    if let [command, rest @ ..] = arguments.as_slice()
        && let Some(command) = command.strip_prefix("__")
    {
        return match command {
            "run" => println!("{}", measure::run(rest).line()),
            "parse" => bare::parse_only(Path::new(&rest[0])),
            "rules" => steps::rules(Path::new(&rest[0])),
            "growth" => growth::table(),
            // Writes a catalogue for a profiler. Arguments: folder, number of apps, documents per file, and `whole` for a catalogue without patterns.
            "write" => {
                let form = if rest.get(3).is_some_and(|form| form == "whole") { Form::Whole } else { Form::Patterns };
                write(Path::new(&rest[0]), rest[1].parse().expect("apps"), rest[2].parse().expect("a file"), form);
            }
            other => panic!("unknown command __{other}"),
        };
    }
    let mut sizes: Vec<usize> =
        arguments.iter().filter_map(|argument| argument.replace('_', "").parse().ok()).collect();
    if sizes.is_empty() {
        sizes = vec![1, 1_000, 10_000];
    }
    println!(
        "| apps | patterns | layout | files | MiB | check, s | processor, s | peak, MiB | bare parse, s | ratio |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    let mut folders = Vec::new();
    for apps in sizes {
        for (form, layout) in [(Form::Whole, 1), (Form::Patterns, 1), (Form::Patterns, MANY)] {
            if apps == 1 && layout > 1 {
                continue;
            }
            let folder = tempfile::tempdir().expect("a temporary folder");
            let (files, bytes) = write(folder.path(), apps, layout, form);
            let check = fastest(rounds(apps), || child(&leaver(folder.path())));
            let parse = fastest(rounds(apps), || child(&parse_only(folder.path())));
            row(apps, (form, layout), files, bytes, check, parse);
            if form == Form::Patterns {
                folders.push((apps, layout, folder));
            }
        }
    }
    for (apps, layout, folder) in folders.iter().filter(|(apps, ..)| *apps >= 1_000 && *apps <= 10_000) {
        steps::table(*apps, *layout, folder.path());
    }
}

fn rounds(apps: usize) -> usize {
    match apps {
        0..=1_000 => 10,
        1_001..=10_000 => 3,
        _ => 1,
    }
}

#[expect(clippy::cast_precision_loss, reason = "sizes far below 2^52")]
fn row(apps: usize, (form, layout): (Form, usize), files: usize, bytes: u64, check: Cost, parse: Cost) {
    println!(
        "| {apps} | {} | {} | {files} | {:.1} | {:.3} | {:.3} | {:.0} | {:.3} | {:.1} |",
        form.name(),
        if layout == 1 { "one app per file".to_owned() } else { format!("{layout} per file") },
        bytes as f64 / 1_048_576.0,
        check.wall,
        check.processor,
        check.peak_mib,
        parse.wall,
        check.wall / parse.wall,
    );
}

fn leaver(folder: &Path) -> Vec<String> {
    let arguments = ["check", "--today", TODAY, "--profile", PROFILE, "--quiet", "-o", "concise"];
    let mut all = vec![measure::leaver()];
    all.extend(arguments.map(str::to_owned));
    all.push(folder.to_string_lossy().into_owned());
    all
}

fn parse_only(folder: &Path) -> Vec<String> {
    let me = env::current_exe().expect("it runs");
    [me, PathBuf::from("__parse"), folder.to_owned()].map(|part| part.to_string_lossy().into_owned()).into()
}

/// Writes a catalogue. Returns the number of files and bytes.
fn write(folder: &Path, apps: usize, layout: usize, form: Form) -> (usize, u64) {
    let documents = documents(apps, form);
    fs::write(folder.join("leaver.yaml"), "version: 1\n").expect("a file");
    let (mut files, mut bytes) = (0, 0);
    for (number, part) in documents.chunks(layout).enumerate() {
        let text: String =
            part.iter().map(|document| format!("---\n{}", serde_yaml::to_string(document).expect("YAML"))).collect();
        let below = folder.join(format!("apps/{:03}", number / 500));
        fs::create_dir_all(&below).expect("a folder");
        fs::write(below.join(format!("{number:06}.yaml")), &text).expect("a file");
        (files, bytes) = (files + 1, bytes + text.len() as u64);
    }
    (files, bytes)
}
