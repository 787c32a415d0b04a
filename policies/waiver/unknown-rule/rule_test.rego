package policies.waiver["unknown-rule_test"]

import data.policies.waiver["unknown-rule"] as rule

_waiver(id) := {"metadata": {"name": "w"}, "spec": {"rule": id}}

_rules := {
	"known": ["jit/no-update-owner"],
	"retired": {
		"jit/update-owner": {"version": "0.2.0", "reason": "renamed", "successor": "jit/no-update-owner"},
		"jit/no-logo": {"version": "0.3.0", "reason": "it found nothing"},
	},
}

_messages(id) := {found.message |
	some found in rule.findings with input as _waiver(id) with data.leaver.rules as _rules
}

test_a_retired_rule_names_its_successor if {
	_messages("jit/update-owner") == {"w: there is no rule `jit/update-owner`; it was retired in 0.2.0, and `jit/no-update-owner` replaces it"}
}

test_a_retired_rule_may_have_no_successor if {
	_messages("jit/no-logo") == {"w: there is no rule `jit/no-logo`; it was retired in 0.3.0"}
}

test_a_typo_suggests_the_nearest_rule if {
	_messages("jit/no-update-ownr") == {"w: there is no rule `jit/no-update-ownr`; the most similar is `jit/no-update-owner`"}
}

test_an_id_unlike_all_rules_gets_no_hint if {
	_messages("acme/colour") == {"w: there is no rule `acme/colour`"}
}

test_a_rule_that_exists_is_no_finding if _messages("jit/no-update-owner") == set()
