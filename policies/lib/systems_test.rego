package policies.lib.systems_test

import data.policies.lib.systems

_builtin := {
	"System": {
		"okta": {"spec": {"kind": "idp", "vendor": "okta", "deletes": false, "syncMinutes": 40, "choices": [1, 7], "guard": {"days": 3}}},
		"okta-governance": {"spec": {"kind": "iga", "vendor": "okta"}},
		"vault": {"spec": {"kind": "secrets"}},
	},
	"extends": {"okta": ["okta"], "corp": ["okta"]},
	"settings": [
		{"key": "syncMinutes", "only": "higher"},
		{"key": "choices", "only": "fewer"},
		{"key": "deletes", "systems": ["vault"]},
		{"key": "vendor", "to": ["okta-preview"]},
		{"key": "maxApps", "only": "lower"},
	],
}

_paths(name, spec) := {concat(".", fact.path) | some fact in found} if {
	found := systems.contradicted with input as {"metadata": {"name": name}, "spec": spec} with data.leaver.builtin as _builtin
}

test_equal_and_missing_values_contradict_nothing if {
	_paths("okta", {"kind": "idp", "deletes": false, "choices": [7, 1]}) == set()
	_paths("okta", {"pushesGroups": true}) == set()
}

test_a_fact_is_contradicted_under_every_name if {
	_paths("okta", {"deletes": true}) == {"spec.deletes"}
	_paths("corp", {"deletes": true, "kind": "hr"}) == {"spec.deletes", "spec.kind"}
	_paths("other", {"deletes": true, "kind": "idp", "vendor": " Okta"}) == {"spec.deletes"}
	_paths("okta", {"guard": {"days": 4}}) == {"spec.guard.days"}
}

test_a_separate_product_contradicts_nothing if {
	_paths("other", {"deletes": true, "kind": "idp"}) == set()
	_paths("other", {"deletes": true, "kind": "hr", "vendor": "okta"}) == set()
}

test_settings_are_no_facts if {
	_paths("okta", {"syncMinutes": 60}) == set()
	_paths("okta", {"syncMinutes": 5}) == {"spec.syncMinutes"}
	_paths("okta", {"choices": [1]}) == set()
	_paths("okta", {"choices": [1, 30]}) == {"spec.choices"}
	_paths("okta", {"vendor": "okta-preview"}) == set()
}
