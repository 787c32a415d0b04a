//! If a file has a scalar instead of a mapping, or a single value instead of a list, the error shows the right form. leaver accepts a value in the
//! form that the error shows.

use serde_json::Value;

use crate::common::{code, folder, leaver, out};

const TEAM: &str =
    "apiVersion: leaver/v1\nkind: Team\nmetadata: {name: t}\nspec: {members: [ada@example.com, grace@example.com]}\n";

/// A value as written, and the help text that shows the right form.
type Case = (&'static str, &'static str);

fn report(config: &str, app: &str) -> (i32, Value) {
    let files = folder(&[("leaver.yaml", config), ("t.yaml", TEAM), ("a.yaml", app)]);
    let output = leaver(files.path(), &["check", "-o", "json"]);
    (code(&output), serde_json::from_str(&out(&output)).expect("JSON"))
}

/// Message and help of each failure, and of each finding about the schema.
fn errors(report: &Value) -> Vec<String> {
    let list = |key: &str| report[key].as_array().into_iter().flatten();
    let text =
        |one: &Value| format!("{} ({})", one["message"].as_str().unwrap_or(""), one["help"].as_str().unwrap_or("-"));
    let findings = list("findings").filter(|one| one["rule"].as_str().is_some_and(|rule| rule.starts_with("schema/")));
    list("failures").map(text).chain(findings.map(text)).collect()
}

/// The form in backticks after `write` in a help text.
fn form(error: &str) -> Option<&str> {
    let (_, help) = error.rsplit_once(" (")?;
    let (_, rest) = help.split_once('`').filter(|(before, _)| before.starts_with("write "))?;
    rest.rsplit_once('`').map(|(form, _)| form)
}

fn assert_shown(text: &dyn Fn(&str) -> (String, String), cases: &[Case]) {
    for (written, expected) in cases {
        let (config, app) = text(written);
        let (_, found) = report(&config, &app);
        let all = errors(&found);
        assert!(all.iter().any(|error| error.contains(expected)), "{written}: {expected} in {all:#?}");
        // With the form from the help text, there is no error about the type.
        let Some(form) = all.iter().find(|error| error.contains(expected)).and_then(|error| form(error)) else {
            continue;
        };
        let Some((key, _)) = written.rsplit_once(": ") else { continue };
        if expected.contains('…') || written.ends_with(['}', ']']) {
            continue;
        }
        let (config, app) = text(&format!("{key}: {form}"));
        let again = errors(&report(&config, &app).1);
        assert!(!again.iter().any(|error| error.contains(", expected ")), "{key}: {form}: {again:#?}");
    }
}

#[test]
fn the_configuration_shows_the_right_form() {
    let config = |written: &str| (format!("version: 1\n{written}\n"), String::new());
    assert_shown(
        &config,
        &[
            ("rules:\n  jit/no-update-owner: error", "write `{severity: error}`"),
            ("rules:\n  jit/no-update-owner: off", "write `{severity: off}`"),
            ("rules:\n  jit/no-update-owner: Warning", "write `{severity: warning}`"),
            ("rules:\n  jit/no-update-owner: true", "write a mapping, such as `{severity: error}`"),
            ("rules:\n  jit/no-update-owner: 30", "write a mapping, such as `{severity: error}`"),
            ("rules:\n  jit/no-update-owner:", "remove the key, or write a mapping, such as `{severity: error}`"),
            ("rules:\n  jit/no-update-owner: [error]", "write a mapping, such as `{severity: error}`"),
            ("rules:\n  jit/no-update-owner: [{severity: error}]", "write its keys without `- `"),
            ("rules:\n  jit/no-update-owner: {severity: [error]}", "write `error`, not a list"),
            ("rules:\n  jit/no-update-owner: {severity: {level: error}}", "write `error`, not a mapping"),
            ("rules:\n  jit/no-inactivity-limit:\n    params: 30", "write a mapping, such as `{maxDays: 30}`"),
            ("rules: [jit/no-update-owner]", "write a mapping, such as `{jit/no-update-owner: {severity: warning}}`"),
            ("rules: strict", "write a mapping, such as `{jit/no-update-owner: {severity: warning}}`"),
            ("include: apps/a.yaml", "write `[apps/a.yaml]`"),
            ("include: \"*.yaml\"", "write `[\"*.yaml\"]`"),
            ("exclude:", "write `[]`, or remove the key"),
            ("profile: [strict]", "write it without the brackets"),
            ("profile: {name: strict}", "write `strict`, not a mapping"),
            ("failOn: {severity: error}", "write `error`, not a mapping"),
            ("limits: 30", "write a mapping, such as `{fileBytes: 1048576}`"),
            ("limits: {depth: 30 levels}", "write the number without a unit: `30`"),
            ("signoff: true", "write a mapping, such as `{"),
            ("signoff: {required: security}", "write `[{name: security}]`"),
            (
                "signoff: {required: {security: {roles: [x], maxAgeDays: 3}}}",
                "begin each entry with its name: `- name: security`",
            ),
            ("signoff:\n  required:\n  - name: a\n    maxAgeDays: 30\n    roles: security", "write `[security]`"),
            (
                "signoff:\n  required:\n  - name: a\n    maxAgeDays: 30\n    roles: [x]\n    when:\n      tiers: 1",
                "write `[1]`",
            ),
        ],
    );
}

#[test]
fn a_declaration_shows_the_right_form() {
    let app = |written: &str| {
        let spec = written.replace('\n', "\n  ");
        let text =
            format!("apiVersion: leaver/v1\nkind: App\nmetadata: {{name: a, owner: t}}\nspec:\n  tier: 3\n  {spec}\n");
        ("version: 1\n".to_owned(), text)
    };
    assert_shown(
        &app,
        &[
            ("provisioning: scim", "write `{mode: scim}`"),
            ("provisioning: SCIM", "write `{mode: scim}`"),
            ("signOn: saml", "write `{protocol: saml}`"),
            ("lifecycle: manual", "write a mapping, such as `{"),
            ("lifecycle:\n  deprovision: ticket", "write `{via: ticket}`"),
            ("lifecycle:\n  deprovision: delete", "write `{effect: delete}`"),
            ("lifecycle:\n  review: 90", "write a mapping, such as `{via: ticket}`"),
            ("lifecycle:\n  review:\n    covers: users", "write `[users]`"),
            ("lifecycle:\n  deprovision:\n    slaHours: 4h", "write the number without a unit: `4`"),
            ("lifecycle:\n  deprovision:\n    slaHours: \"4\"", "write it without quotes"),
            ("localAccounts: none", "write `{none: true}`"),
            ("secondAccounts: none", "write `{none: true}`"),
            ("breakGlass: root", "write `[{name: root}]`"),
            ("roles: admin", "write `[{name: admin}]`"),
            ("nonHuman: deploy bot", "write `[{name: \"deploy bot\"}]`"),
            ("roles: {admin: {privileged: true}}", "begin each entry with its name: `- name: admin`"),
            ("breakGlass: {name: root, owner: t}", "begin each entry with `- `"),
            ("breakGlass:", "write `[]`, or remove the key"),
            ("populations: employees", "write `[employees]`"),
            ("populations: staff", "expected a list"),
            ("dataClass: [internal]", "write `internal`, not a list"),
            ("roleChurn: {value: low}", "write `low`, not a mapping"),
            ("notes: [a]", "write it without the brackets"),
            ("declareBy: [2026-12-31]", "write it without the brackets"),
            ("issuesTokens: \"true\"", "write it without quotes"),
        ],
    );
    let team = |written: &str| {
        let text = format!("apiVersion: leaver/v1\nkind: Team\nmetadata: {{name: u}}\nspec:\n  {written}\n");
        ("version: 1\n".to_owned(), text)
    };
    assert_shown(
        &team,
        &[
            ("members: ada@example.com", "write `[ada@example.com]`"),
            ("members: {ada: lead}", "begin each entry with `- `"),
        ],
    );
    let metadata = |written: &str| {
        let text = format!("apiVersion: leaver/v1\nkind: Team\n{written}\nspec: {{members: [ada@example.com]}}\n");
        ("version: 1\n".to_owned(), text)
    };
    assert_shown(
        &metadata,
        &[
            ("metadata: u", "write `{name: u}`"),
            ("metadata:\n  name: u\n  labels: [v]", "write a mapping, such as `{costCenter: cc-1207}`"),
        ],
    );
}
