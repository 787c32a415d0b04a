//! Tests that the references of a policy are found in all notations.

use super::*;

fn parsed(text: &str) -> Syntax {
    Syntax::parse("x.rego", text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn rule(condition: &str) -> String {
    format!(
        "package policies.acme.x\n\nfindings contains {{\"path\": [], \"message\": \"m\"}} if {{\n\t{condition}\n}}\n"
    )
}

#[test]
fn clocks_and_random_numbers_are_detected_in_any_notation() {
    for condition in [
        "time.now_ns() > 0",
        "time[\"now_ns\"]() > 0",
        "time[\"now\\u005fns\"]() > 0",
        "time[`now_ns`] > 0",
        "time[input.x].now_ns > 0",
        "x := time\n\tx.now_ns() > 0",
        "x := [time]\n\tx[0].now_ns > 0",
        "x := time.now_ns\n\tx() > 0",
        "x := time\n\tx[input.name] > 0",
        "abs(1) > 0 with abs as time.now_ns",
        "abs(1) > 0 with abs as time[\"now_ns\"]",
        "abs(1) > 0 with abs as rand.intn",
        "rand.intn(\"x\", 10) > 0",
        "rand[\"in\\u0074n\"](\"x\", 10) > 0",
        "some x in [y | y := rand.intn(\"x\", 10)]\n\tx > 0",
        "every x in [1] { time.now_ns() > x }",
        "not time.now_ns() == 0",
        "input.list[time.now_ns()]",
        "{\"a\": time.now_ns()}.a > 0",
        "count([1 | time.now_ns() > 0]) > 0",
        "uuid.rfc4122(\"x\") != \"\"",
        "uuid[\"rfc\\u0034122\"](\"x\") != \"\"",
        "opa.runtime().config",
        "opa[\"runtime\"]()",
        "http.send({})",
        "http[\"send\"]({})",
        "is_object({}) with is_object as http.send",
        "net.lookup_ip_addr(\"x\")",
        "x := 1 + 2 * time.now_ns()",
        "time.now_ns() in [1]",
        "some time in [1]\n\ttime.now_ns() > 0",
    ] {
        let found = nondeterminism(&parsed(&rule(condition)));
        assert!(found.as_ref().is_some_and(|reason| reason.starts_with("line ")), "{condition}: {found:?}");
    }
    for module in [
        "package policies.acme.x\n\nf(x) := time.now_ns() + x\n",
        "package policies.acme.x\n\ndefault now := 0\n\nnow := time.now_ns()\n",
        "package policies.acme.x\n\nnow := 1 if { false } else := time.now_ns()\n",
        "package policies.acme.x\n\nmap[time.now_ns()] := 1 if true\n",
        "package policies.acme.x\n\nset contains time.now_ns()\n",
    ] {
        assert!(nondeterminism(&parsed(module)).is_some(), "{module}");
    }
}

#[test]
fn names_in_strings_comments_and_declarations_are_not_clocks() {
    for condition in [
        "input.now_ns > 0",
        "input.spec.intn",
        "input.spec[\"runtime\"]",
        "data.leaver.vendors.rand.intn",
        "input.name == \"time.now_ns()\" # time.now_ns()",
        "input.name == `rand.intn`",
        "time.parse_rfc3339_ns(\"2026-01-01T00:00:00Z\") > 0",
        "some time in input.times\n\ttime == 1",
        "uuid := input.spec.uuid\n\tuuid == \"x\"",
        "spec := input.spec\n\tspec.runtime == \"x\"",
        "some http in input.spec.urls\n\thttp.send",
    ] {
        assert_eq!(nondeterminism(&parsed(&rule(condition))), None, "{condition}");
    }
}

#[test]
fn references_to_other_rules_are_detected_in_any_notation() {
    for condition in [
        "data.policies.jit[\"no-update-owner\"].findings",
        "data[\"policies\"].jit.x",
        "data[\"polic\\u0069es\"].jit.x",
        "data[`policies`].jit.x",
        "data.policies[input.group].x",
        "some group\n\tdata.policies[group]",
        "count(data.policies) > 0",
        "data.policies.library.x",
        "data.policies.acme.y.findings",
        "x := data\n\tx.policies.jit",
        "data[input.x]",
        "true with data.policies.jit.x as 1",
    ] {
        assert!(
            other_rule_reference(&parsed(&rule(condition))).is_some_and(|reason| reason.starts_with("line ")),
            "{condition}"
        );
    }
    for import in ["data.policies.jit", "data.policies", "data.policies.acme.y as z", "data"] {
        let text = rule("true").replace("x\n\nf", &format!("x\n\nimport {import}\n\nf"));
        assert!(other_rule_reference(&parsed(&text)).is_some_and(|reason| reason.starts_with("line 3 ")), "{import}");
    }
    for condition in [
        "data.policies.lib.apps.alive",
        "data.policies[\"lib\"].apps.alive",
        "data.policies.acme.x.helper",
        "data.leaver.catalogue.Team.t",
        "input.name == \"data.policies.jit\" # data.policies.jit",
    ] {
        assert_eq!(other_rule_reference(&parsed(&rule(condition))), None, "{condition}");
    }
}

#[test]
fn looked_up_kinds_are_detected_in_any_notation() {
    let of = |condition: &str| kinds(&parsed(&rule(condition)));
    let team = Some(BTreeSet::from(["Team".to_owned()]));
    for condition in [
        "data.leaver.catalogue.Team.t",
        "data.leaver[\"catalogue\"].Team.t",
        "data[\"leaver\"].catalogue[\"Team\"][input.owner]",
        "data.leaver[`catalogue`].Team",
        "data.leaver[\"cat\\u0061logue\"].Team",
        "some name, _ in data.leaver.catalogue.Team\n\tname == \"t\"",
    ] {
        assert_eq!(of(condition), team, "{condition}");
    }
    for condition in [
        "data.leaver.catalogue",
        "data.leaver.catalogue[input.kind]",
        "data.leaver[input.x].Team",
        "data[input.x].catalogue.Team",
        "x := data.leaver\n\tx.catalogue.Team",
        "count(data) > 0",
    ] {
        assert_eq!(of(condition), None, "{condition}");
    }
    for condition in ["data.leaver.params.x", "input.name == \"data.leaver.catalogue.Team\"", "data.policies.lib.apps"]
    {
        assert_eq!(of(condition), Some(BTreeSet::new()), "{condition}");
    }
    let imported = |import: &str| kinds(&parsed(&format!("package policies.acme.x\n\nimport {import}\n\ny := 1\n")));
    assert_eq!(imported("data.leaver.catalogue.Team"), team);
    assert_eq!(imported("data.leaver"), None);
    assert_eq!(imported("data.leaver.catalogue as all"), None);
}

#[test]
fn imported_packages_are_expanded_in_code_only() {
    let text = "package x\n\nimport data.policies.lib.apps\nimport data.policies.lib.dates\n\n# apps.alive\nfindings contains f if {\n\tapps.alive\n\tnot apps.owned(\"apps.x\")\n\tf := [`apps.y`, input.apps.z, dates.days_left(\"a\\\"apps.\")]\n}\n";
    let want = "package x\n\nimport data.policies.lib.apps\nimport data.policies.lib.dates\n\n# apps.alive\nfindings contains f if {\n\tdata.policies.lib.apps.alive\n\tnot data.policies.lib.apps.owned(\"apps.x\")\n\tf := [`apps.y`, input.apps.z, data.policies.lib.dates.days_left(\"a\\\"apps.\")]\n}\n";
    assert_eq!(expand_imports("x.rego", text), want);
    for text in [
        "package x\n\nimport data.policies.lib.apps\n\ny if { some apps in input.list; apps.alive }\n",
        "package x\n\nimport data.policies.lib.apps as a\n\ny if a.alive\n",
        "package x\n\ny if apps.alive\n",
        "",
        "\"",
        "`é",
    ] {
        assert_eq!(expand_imports("x.rego", text), text);
    }
}
