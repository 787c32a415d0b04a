package policies.lib.instances_test

import data.policies.lib.instances

_app := {"spec": {"instances": [
	{"name": "prod"},
	{"name": "dev", "refreshedFrom": "prod"},
	{"name": "uat", "refresh": {"accounts": "kept"}},
]}}

test_instances_that_are_refreshed if {
	{at | some at, _ in instances.refreshed} == {1, 2} with input as _app
	count(instances.live) == 0 with input as object.union(_app, {"spec": {"status": "retired"}})
	instances.names == {"prod", "dev", "uat"} with input as _app
}

test_the_nearest_name if {
	names := {"prod", "dev", "uat", "test", "staging"}
	every word, near in {
		"prd": "prod", "production": "prod", "Prod": "prod", "dve": "dev", "devl": "dev", "tset": "test", "stage": "staging", "uta": "uat",
	} {
		instances.hint(word, names) == sprintf("; the most similar is `%s`", [near])
	}
	instances.hint("qx", names) == ""
	instances.hint("qx", set()) == ""
}

test_closing_needs_a_team_and_a_mechanism if {
	instances.closed({"owner": "it", "via": "script"})
	every how in [{}, {"owner": "it"}, {"via": "script"}, {"owner": "it", "via": "none"}, {"owner": "it", "via": "jit"}] {
		not instances.closed(how)
	}
	instances.missing({"via": "script"}) == "owner"
	instances.missing({"owner": "it"}) == "via"
	instances.missing({"owner": "it", "via": "none"}) == "via"
}

test_an_undeclared_refresh_copies_accounts if {
	instances.copied({"refreshedFrom": "prod"})
	instances.copied({"refresh": {"accounts": "copied"}})
	not instances.copied({"refresh": {"accounts": "removed"}})
}
