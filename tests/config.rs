//! The location of leaver.yaml, its settings, and the origin of each setting. `init` never overwrites a file.

use crate::common::{CLEAN, FAULTY, code, err, folder, leaver, out, root, rule};

#[test]
fn the_nearest_file_upwards_counts_and_its_folder_is_the_catalogue() {
    let files = folder(&[("leaver.yaml", "version: 1\n"), ("deep/er/a.yaml", FAULTY), ("b.yaml", CLEAN)]);
    let inner = files.path().join("deep/er");
    let output = leaver(&inner, &["check", "-o", "concise"]);
    assert_eq!(code(&output), 1, "{}", out(&output));
    assert!(out(&output).contains("2 apps"), "the whole catalogue is loaded: {}", out(&output));
    let output = leaver(files.path(), &["check", "deep/er/a.yaml", "-o", "concise"]);
    assert!(out(&output).contains("deep/er/a.yaml:7:3: error"), "{}", out(&output));
}

#[test]
fn globs_and_ignore_files_select_the_loaded_files() {
    let foreign = [
        ("leaver.yaml", ""),
        (".gitignore", "ignored/\n"),
        ("ignored/a.yaml", FAULTY),
        ("apps/b.yaml", CLEAN),
        ("old/c.yaml", FAULTY),
        (".hidden/d.yaml", FAULTY),
    ];
    for (config, want) in [
        ("version: 1\n", 1),
        ("version: 1\nexclude: [\"old/**\"]\n", 0),
        ("version: 1\ninclude: [\"apps/**\"]\n", 0),
        ("version: 1\ninclude: [\"**/*.yaml\"]\nexclude: [old/c.yaml]\n", 0),
        ("version: 1\ninclude: [\"old/*\"]\n", 1),
    ] {
        let mut files = foreign;
        files[0].1 = config;
        let files = folder(&files);
        let output = leaver(files.path(), &["check"]);
        assert_eq!(code(&output), want, "{config}: {}", out(&output));
    }
    let bad = folder(&[("leaver.yaml", "version: 1\ninclude: [\"a[\"]\n"), ("a.yaml", CLEAN)]);
    assert_eq!(code(&leaver(bad.path(), &["check"])), 2);
}

#[test]
fn severities_and_parameters_are_set_in_layers() {
    let app = FAULTY
        .replace("expiresAfterDays: 30", "expiresAfterDays: 60")
        .replace("slaHours: 24", "slaHours: 4")
        .replace("    deprovision:", "    update: {via: script, owner: t}\n    deprovision:");
    let run = |config: &str, arguments: &[&str]| {
        let files = folder(&[
            ("leaver.yaml", config),
            ("a.yaml", &app),
            (
                "ours.yaml",
                "name: ours\ntitle: Ours\nextends: strict\nrules: {jit/no-inactivity-limit: {params: {maxDays: 30}}}\n",
            ),
        ]);
        let arguments: Vec<&str> = ["check", "-o", "concise"].into_iter().chain(arguments.iter().copied()).collect();
        let output = leaver(files.path(), &arguments);
        (code(&output), out(&output))
    };
    let (status, text) = run("version: 1\n", &[]);
    assert_eq!(status, 0, "{text}");
    let (status, text) = run("version: 1\n", &["--profile", "strict"]);
    assert!(status == 1 && text.contains("error[jit/no-inactivity-limit]") && text.contains("limit 45 days"), "{text}");
    let (status, text) = run("version: 1\nprofile: ours.yaml\n", &[]);
    assert!(status == 1 && text.contains("limit 30 days"), "a profile can extend another: {text}");
    let (status, text) = run(
        "version: 1\nprofile: strict\nrules: {jit/no-inactivity-limit: {severity: info, params: {maxDays: 10}}}\n",
        &[],
    );
    assert!(status == 0 && text.contains("info[jit/no-inactivity-limit]") && text.contains("limit 10 days"), "{text}");
    let (status, text) = run("version: 1\nprofile: strict\nrules: {jit/no-inactivity-limit: {severity: off}}\n", &[]);
    assert!(status == 0 && !text.contains("no-inactivity-limit"), "{text}");
    let (status, text) = run("version: 1\nprofile: strict\n", &["--ignore", "jit/no-inactivity-limit"]);
    assert!(status == 0 && !text.contains("no-inactivity-limit"), "{text}");
    let (status, text) = run("version: 1\nprofile: strict\n", &["--select", "catalogue"]);
    assert!(status == 0 && text.contains("nothing found"), "{text}");
}

#[test]
fn config_show_prints_the_origin_of_each_value() {
    let files = folder(&[
        (
            "leaver.yaml",
            "version: 1\nprofile: strict\nfailOn: warning\nrules:\n  jit/scim-available: {severity: info}\nlimits: {depth: 20}\n",
        ),
        ("a.yaml", CLEAN),
    ]);
    let text = out(&leaver(files.path(), &["config", "show"]));
    for line in [
        "# catalogue root: .",
        "failOn: warning  # leaver.yaml:3",
        "profile: strict  # leaver.yaml:2",
        "limits.depth: 20  # leaver.yaml:6",
        "limits.nodes: 50000  # default",
        "rules.jit/scim-available.severity: info  # leaver.yaml:5",
        "rules.jit/no-inactivity-limit.params.maxDays: 45  # profile strict",
        "rules.jit/no-update-owner.severity: error  # rule",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} in {text}");
    }
    let changed = out(&leaver(files.path(), &["config", "show", "--changed"]));
    assert!(!changed.contains("# default") && !changed.contains("# rule"), "{changed}");
    let json: serde_json::Value =
        serde_json::from_str(&out(&leaver(files.path(), &["config", "show", "--format", "json"]))).expect("JSON");
    assert!(json["settings"].as_array().is_some_and(|settings| settings.len() > 30));
}

#[test]
fn config_show_as_yaml_can_be_used_as_configuration() {
    let files = folder(&[
        (
            "leaver.yaml",
            "version: 1\nexclude: [\"old/**\"]\nrules: {jit/no-inactivity-limit: {params: {maxDays: 7}}}\n",
        ),
        ("a.yaml", CLEAN),
    ]);
    let yaml = out(&leaver(files.path(), &["config", "show", "--format", "yaml", "--changed"]));
    std::fs::write(files.path().join("again.yaml"), &yaml).expect("written");
    let again = leaver(files.path(), &["config", "show", "--format", "yaml", "--changed", "--config", "again.yaml"]);
    assert_eq!(out(&again), yaml, "{}", err(&again));
    assert!(yaml.contains("maxDays: 7") && yaml.contains("old/**"), "{yaml}");
}

#[test]
fn init_writes_a_working_catalogue_and_never_overwrites() {
    let empty = folder(&[]);
    let output = leaver(empty.path(), &["init"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let first = leaver(empty.path(), &["check", "-o", "concise"]);
    assert_eq!(code(&first), 1, "{}", out(&first));
    assert!(out(&first).starts_with("apps/example.yaml:7:12: error[jit/no-review-owner]"), "{}", out(&first));
    let pattern = empty.path().join("patterns/jit-tickets.yaml");
    let fixed = std::fs::read_to_string(&pattern)
        .expect("a file")
        .replace("owner: security, covers", "owner: security, everyDays: 180, covers");
    std::fs::write(&pattern, &fixed).expect("written");
    assert_eq!(code(&leaver(empty.path(), &["check", "--fail-on", "info"])), 0);
    // The pattern states the mechanisms of all stages, so an app that uses it need not state them.
    let app = "apiVersion: leaver/v1\nkind: App\nmetadata: {name: miro, owner: it-apps}\nspec: {pattern: jit-tickets, tier: 3}\n";
    std::fs::write(empty.path().join("apps/miro.yaml"), app).expect("written");
    let live = out(&leaver(empty.path(), &["check", "-o", "concise"]));
    assert!(live.contains("miro") && !live.contains("catalogue/stage-undecided"), "{live}");
    let again = leaver(empty.path(), &["init"]);
    assert_eq!(code(&again), 0);
    assert!(out(&again).contains("kept  apps/example.yaml: it already exists"), "{}", out(&again));
    assert_eq!(std::fs::read_to_string(&pattern).expect("a file"), fixed);
}

#[test]
fn new_rule_writes_a_rule_that_passes_and_never_overwrites() {
    let files = folder(&[("leaver.yaml", "version: 1\npolicies: [ours]\n"), ("a.yaml", CLEAN)]);
    let output = leaver(files.path(), &["new", "rule", "acme/no-title"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(out(&output).contains("wrote ours/acme/no-title/rule.rego"), "{}", out(&output));
    let test = leaver(files.path(), &["test"]);
    assert_eq!(code(&test), 0, "{}{}", out(&test), err(&test));
    let check = leaver(files.path(), &["check", "-o", "concise"]);
    assert!(code(&check) == 1 && out(&check).contains("error[acme/no-title]"), "the rule counts: {}", out(&check));
    let rego = files.path().join("ours/acme/no-title/rule.rego");
    let preview = std::fs::read_to_string(&rego).expect("text").replace("status: stable", "status: preview");
    std::fs::write(rego, preview).expect("written");
    let check = leaver(files.path(), &["check", "--select", "acme", "--fail-on", "info"]);
    assert!(
        code(&check) == 0 && out(&check).contains("no title"),
        "findings of a preview rule are shown, but never fail a run: {}",
        out(&check)
    );
    let again = leaver(files.path(), &["new", "rule", "acme/no-title"]);
    assert!(code(&again) == 2 && err(&again).contains("already exists"), "{}", err(&again));
    assert_eq!(code(&leaver(files.path(), &["new", "rule", "NoTitle"])), 2);
    let taken = leaver(files.path(), &["new", "rule", "jit/no-update-owner"]);
    assert!(code(&taken) == 2 && err(&taken).contains("choose another id, in a group of your own"), "{}", err(&taken));
    assert!(!files.path().join("ours/jit").exists(), "nothing is written");
}

/// If leaver.yaml sets one limit of a table, the other limits do not change.
#[test]
fn one_entry_of_a_parameter_table_can_be_overridden() {
    let files = folder(&[(
        "leaver.yaml",
        "version: 1\nprofile: pci-dss\nrules: {review/too-rare: {params: {maxDays: {restricted: 30}}}}\n",
    )]);
    let shown = out(&leaver(files.path(), &["config", "show", "--changed"]));
    let line = shown.lines().find(|line| line.contains("review/too-rare.params.maxDays")).expect("it is shown");
    for part in ["\"public\":180", "\"internal\":180", "\"confidential\":180", "\"restricted\":30", "# leaver.yaml:3"] {
        assert!(line.contains(part), "{part}: {line}");
    }
}

#[test]
fn explaining_a_group_lists_its_rules() {
    let files = folder(&[("leaver.yaml", "version: 1\n")]);
    let output = leaver(files.path(), &["explain", "waiver"]);
    assert_eq!(code(&output), 2);
    assert!(
        err(&output).contains("`waiver` is a group of rules") && err(&output).contains("waiver/unused"),
        "{}",
        err(&output)
    );
}

/// The error names the output file, not leaver's temporary file.
#[test]
fn a_write_error_names_the_requested_file() {
    let files = folder(&[("a.yaml", CLEAN)]);
    for arguments in [&["check", "-o", "json=no/folder.json"][..], &["bundle", "-o", "no/folder.tar.gz"]] {
        let output = leaver(files.path(), arguments);
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(
            err(&output).contains("cannot write `no/folder.") && !err(&output).contains(".leaver-"),
            "{}",
            err(&output)
        );
    }
}

#[test]
fn commands_that_need_no_rules_run_despite_broken_rules() {
    let export = "[{\"id\": \"0oa1\", \"label\": \"Box\", \"name\": \"box\", \"status\": \"ACTIVE\", \"signOnMode\": \"SAML_2_0\", \"features\": []}]";
    let files = folder(&[
        ("leaver.yaml", "version: 1\npolicies: [policies]\nvendors: [vendors.yaml]\n"),
        ("policies/acme/x/rule.rego", "package broken {\n"),
        (
            "vendors.yaml",
            "version: 1\nvendors: {homemade: {title: Homemade, scim: none, asOf: \"2026\", source: ours, quality: high}}\n",
        ),
        ("exports/apps.json", export),
        ("a.yaml", CLEAN),
    ]);
    assert_eq!(code(&leaver(files.path(), &["check"])), 2, "the rule is broken");
    for arguments in [&["vendors", "homemade"][..], &["observe", "okta", "exports"]] {
        let output = leaver(files.path(), arguments);
        assert_eq!(code(&output), 0, "{arguments:?}: {}{}", out(&output), err(&output));
    }
    // The configuration itself must be valid.
    std::fs::write(files.path().join("leaver.yaml"), "version: 1\nvendors: [missing.yaml]\n").expect("written");
    assert_eq!(code(&leaver(files.path(), &["vendors", "slack"])), 2);
}

#[test]
fn user_vendors_extend_the_bundled_ones() {
    let app = "apiVersion: leaver/v1\nkind: App\nmetadata: {name: home, vendor: Homemade}\nspec: {roleChurn: high, provisioning: {mode: jit, jit: {groups: [g]}}}\n";
    let vendors = "version: 1\nvendors:\n  homemade: {title: Homemade, scim: offered, asOf: \"2026\", source: our own, quality: high}\n";
    let files = folder(&[
        ("leaver.yaml", "version: 1\nvendors: [vendors.yaml]\n"),
        ("apps/a.yaml", app),
        ("vendors.yaml", vendors),
    ]);
    let output = leaver(files.path(), &["check", "-o", "concise"]);
    assert!(
        out(&output).contains("Homemade offers automated provisioning, but the mode is `jit` (our own; 2026)"),
        "{}",
        out(&output)
    );
    let wrong = folder(&[
        ("leaver.yaml", "version: 1\nvendors: [vendors.yaml]\n"),
        ("apps/a.yaml", app),
        ("vendors.yaml", "version: 1\nvendors: {x: {title: X}}\n"),
    ]);
    let output = leaver(wrong.path(), &["check"]);
    assert_eq!(code(&output), 2);
    assert!(out(&output).contains("`x` has no `asOf`"), "{}", out(&output));
}

#[test]
fn explain_shows_the_number_in_force_and_suggests_names() {
    let files = folder(&[("leaver.yaml", "version: 1\nprofile: strict\n"), ("a.yaml", CLEAN)]);
    let text = out(&leaver(files.path(), &["explain", "jit/no-inactivity-limit"]));
    assert!(text.contains("maxDays = 45 days (profile strict"), "{text}");
    assert!(
        text.contains("error (profile strict; CIS Controls v8, safeguard 5.3")
            && text.contains("\nBad\n")
            && text.contains("\nGood\n")
            && text.contains("pci-dss: 8.2.6"),
        "{text}"
    );
    let wrong = leaver(files.path(), &["explain", "jit/no-update-onwer"]);
    assert!(code(&wrong) == 2 && err(&wrong).contains("did you mean `jit/no-update-owner`?"), "{}", err(&wrong));
}

#[test]
fn a_bundled_profile_names_the_source_of_each_number() {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(root().join("data/profiles")).expect("a folder") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("text");
        let profile: serde_json::Value = serde_yaml::from_str(&text).expect("YAML");
        let name = path.file_stem().and_then(std::ffi::OsStr::to_str).expect("text").to_owned();
        assert_eq!(profile["name"], name.as_str());
        let empty = serde_json::Map::new();
        let sources = profile["sources"].as_object().unwrap_or(&empty);
        let mut used = std::collections::BTreeSet::new();
        for (rule, entry) in profile["rules"].as_object().expect("rules") {
            let source = entry["source"].as_str().unwrap_or_else(|| panic!("{name}: {rule} has no source"));
            assert!(sources.contains_key(source), "{name}: {rule} names the source {source}");
            used.insert(source);
        }
        assert_eq!(used.len(), sources.len(), "{name}: a source that no rule names");
        let help = out(&leaver(&root(), &["check", "--help"])).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(help.contains(&format!("{name}, ")), "the help names {name}: {help}");
        names.push(name);
    }
    names.sort();
    let readme = std::fs::read_to_string(root().join("README.md")).expect("text");
    assert!(names.iter().all(|name| readme.contains(&format!("`{name}`"))), "README.md names every profile");
    let files = folder(&[("a.yaml", CLEAN)]);
    let wrong = leaver(files.path(), &["check", "--profile", "zzzzzzzz"]);
    assert_eq!(code(&wrong), 2);
    let printed = out(&wrong).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(printed.contains(&format!("bundled profiles are {}", names.join(", "))), "{printed}");
}

/// With each bundled profile, `leaver explain` shows the limit in force.
#[test]
fn explain_shows_the_numbers_of_each_bundled_profile() {
    let mut text = String::new();
    for profile in [
        "default",
        "strict",
        "cis-v8",
        "dora",
        "essential-eight",
        "fedramp-high",
        "fedramp-moderate",
        "hipaa",
        "nis2",
        "pci-dss",
        "sox",
    ] {
        for rule in [
            "admin/review-too-rare",
            "credential/unreviewed",
            "jit/no-inactivity-limit",
            "leaver/sla-too-long",
            "local/no-near-end",
            "local/stale-inventory",
            "review/too-rare",
        ] {
            let printed = out(&leaver(&root(), &["explain", rule, "--profile", profile]));
            let number = printed.lines().find(|line| line.contains(" = ")).unwrap_or_else(|| panic!("{printed}"));
            let severity =
                printed.lines().nth(1).and_then(|line| line.split(", precision").next()).expect("a severity");
            text.push_str(&format!("{rule} --profile {profile}\n  {severity}\n{number}\n"));
        }
    }
    insta::with_settings!({prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!("profiles", text);
    });
}

#[test]
fn the_control_matrix_has_a_row_for_each_control() {
    let files = folder(&[("a.yaml", CLEAN)]);
    let text = out(&leaver(files.path(), &["rules", "--format", "csv"]));
    assert!(text.contains("jit/no-update-owner,JIT app without an update owner,error,nist-800-53,AC-2f\r\n"), "{text}");
    assert!(text.contains("jit/no-inactivity-limit,JIT accounts that never expire,warning,cis-v8,5.3\r\n"), "{text}");
}

#[test]
fn waive_writes_a_complete_waiver_or_none() {
    let files = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", FAULTY)]);
    let run = |arguments: &[&str]| leaver(files.path(), arguments);
    let good = [
        "waive",
        "jit/no-update-owner",
        "box",
        "--reason",
        "the vendor ships SCIM in March",
        "--approver",
        "security",
        "--expires",
        "2027-03-31",
    ];
    for (change, expected_text) in [
        ((4, " "), "the reason is empty"),
        ((6, "t"), "`t` owns `box` and cannot approve its waiver"),
        ((8, "2026-11-01"), "before it begins"),
        ((8, "soon"), "is not a date"),
        ((1, "jit/no-update-onwer"), "did you mean `jit/no-update-owner`?"),
        ((1, "schema/syntax"), "cannot be waived"),
        ((2, "bax"), "did you mean `box`?"),
    ] {
        let mut arguments = good;
        arguments[change.0] = change.1;
        let output = run(&arguments);
        assert_eq!(code(&output), 2, "{expected_text}");
        assert!(err(&output).contains(expected_text), "{expected_text}: {}", err(&output));
    }
    assert_eq!(code(&run(&good[..7])), 2, "no waiver without an end");
    assert!(!files.path().join("waivers").exists(), "a refused waiver writes nothing");
    let output = run(&good);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(out(&output).contains("wrote waivers/box-jit-no-update-owner.yaml"), "{}", out(&output));
    let check = run(&["check", "-o", "concise"]);
    assert!(code(&check) == 0 && out(&check).contains("1 waived"), "{}", out(&check));
    assert_eq!(code(&run(&good)), 2, "nothing is overwritten");
}

#[test]
fn the_app_of_the_readme_is_clean_with_the_configuration_of_init() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("a file");
    let app = readme.split("```yaml\n").find(|block| block.starts_with("apiVersion: leaver/v1")).expect("an app");
    let app = app.split("```").next().expect("an end");
    let files = folder(&[]);
    assert_eq!(code(&leaver(files.path(), &["init"])), 0);
    std::fs::write(files.path().join("apps/example.yaml"), app).expect("it is writable");
    // The app uses no pattern, so the pattern from `init` is removed.
    std::fs::remove_file(files.path().join("patterns/jit-tickets.yaml")).expect("removed");
    let output = leaver(files.path(), &["check", "-o", "concise", "--fail-on", "warning"]);
    assert_eq!(code(&output), 0, "{}", out(&output));
}

#[test]
fn requesting_the_configuration_or_a_rule_checks_every_file() {
    let rule = rule("r", "findings contains {\"path\": [], \"message\": \"x\"} if false");
    let config = "version: 1\npolicies: [policies]\n";
    let files = folder(&[
        ("leaver.yaml", config),
        ("a.yaml", FAULTY),
        ("b.yaml", CLEAN),
        ("policies/acme/r/rule.rego", &rule),
        ("policies/acme/r/rule.md", "# r\n"),
    ]);
    for paths in [&["leaver.yaml"][..], &["policies/acme/r/rule.rego"], &["b.yaml", "leaver.yaml"]] {
        let output = leaver(files.path(), &[&["check", "-o", "concise"], paths].concat());
        assert!(code(&output) == 1 && out(&output).contains("a.yaml:"), "{paths:?}: {}", out(&output));
    }
    let other = leaver(files.path(), &["check", "b.yaml"]);
    assert_eq!(code(&other), 0, "{}", out(&other));
}

#[test]
fn arguments_without_an_effect_are_errors() {
    let files = folder(&[("leaver.yaml", "version: 1\n"), ("a.yaml", crate::common::CLEAN)]);
    for (arguments, expected_text) in [
        (&["config", "show", "nowhere"][..], "cannot read `nowhere`"),
        (&["check", "--stdin-name", "x.yaml"], "`--stdin-name` is given, but not `-`"),
        (&["check", "a.yaml", "--stdin-name", "x.yaml"], "`--stdin-name` is given, but not `-`"),
    ] {
        let output = leaver(files.path(), arguments);
        let printed = format!("{}{}", out(&output), crate::common::err(&output));
        assert!(crate::common::code(&output) == 2 && printed.contains(expected_text), "{arguments:?}: {printed}");
    }
    let output = leaver(files.path(), &["man", "check"]);
    assert!(
        out(&output)
            .lines()
            .any(|line| line == format!(".TH leaver-check 1  \"leaver {}\" ", env!("CARGO_PKG_VERSION")))
    );
}
