//! Shell completions and manual pages cover every command and every option of `check`.

use crate::common::{code, err, leaver, out, root};
use clap_complete::Shell;

/// The commands listed by `leaver --help`.
fn commands() -> Vec<String> {
    commands_of(&[])
}

/// The subcommands of a command.
fn commands_of(above: &[&str]) -> Vec<String> {
    let help = out(&leaver(&root(), &[above, &["--help"]].concat()));
    let list = help.split("Commands:").nth(1).and_then(|rest| rest.split("\n\n").next()).unwrap_or_default();
    list.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

/// The long options in a help text.
fn options(help: &str) -> Vec<String> {
    let words = help.lines().map(str::trim_start).filter(|line| line.starts_with('-'));
    let words = words.filter_map(|line| line.split([' ', ',']).find(|word| word.starts_with("--")));
    words.map(str::to_owned).collect()
}

#[test]
fn every_shell_completes_every_command_and_option() {
    let commands = commands();
    let options = options(&out(&leaver(&root(), &["check", "--help"])));
    assert!(commands.len() > 10 && options.len() > 15, "{commands:?} {options:?}");
    for shell in <Shell as clap::ValueEnum>::value_variants() {
        let output = leaver(&root(), &["completions", &shell.to_string()]);
        assert!(code(&output) == 0 && err(&output).is_empty(), "{shell}: {}", err(&output));
        let text = out(&output);
        for word in commands.iter().chain(&options) {
            // The completions for fish contain `-l trust-ref`, without dashes before the name.
            let word = if *shell == Shell::Fish { word.trim_start_matches('-') } else { word };
            assert!(text.contains(word), "{shell}: no {word}");
        }
    }
    let unknown = leaver(&root(), &["completions", "cmd.exe"]);
    assert!(code(&unknown) == 2 && err(&unknown).contains("bash"), "{}", err(&unknown));
}

#[test]
fn every_command_has_a_manual_page() {
    let whole = out(&leaver(&root(), &["man"]));
    for command in commands() {
        assert!(whole.contains(&format!("leaver\\-{command}(1)")), "the page of leaver does not name {command}");
        let output = leaver(&root(), &["man", &command]);
        let page = out(&output);
        assert!(code(&output) == 0 && page.starts_with(".ie"), "{command}: {}{}", page, err(&output));
        let help = out(&leaver(&root(), &[&command, "--help"]));
        for option in options(&help).iter().filter(|_| command != "help") {
            assert!(page.contains(&option.replace('-', "\\-")), "{command}: no {option}");
        }
    }
    let unknown = leaver(&root(), &["man", "chekc"]);
    assert!(code(&unknown) == 2 && err(&unknown).contains("no command `chekc`"), "{}", err(&unknown));
}

/// With an environment variable, a pipeline can set the day once for all commands.
#[test]
fn every_command_with_a_day_reads_it_from_the_environment() {
    let mut with_a_day = 0;
    for command in commands().iter().filter(|command| *command != "help") {
        let inner = commands_of(&[command]);
        let inner = inner.iter().filter(|inner| *inner != "help").map(|inner| vec![command.as_str(), inner]);
        for words in inner.chain([vec![command.as_str()]]) {
            let help = out(&leaver(&root(), &[&words[..], &["--help"]].concat()));
            if help.contains("--today <") {
                with_a_day += 1;
                assert!(help.contains("LEAVER_TODAY"), "{words:?}: {help}");
            }
        }
    }
    assert!(with_a_day >= 8, "{with_a_day}");
}
