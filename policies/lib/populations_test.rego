package policies.lib.populations_test

import data.policies.lib.populations

_described(items) := found if {
	patterns := [
		{"kind": "Pattern", "metadata": {"name": "by-hand"}, "spec": {"tier": 2, "signOn": {"system": "okta", "appId": "a"}}},
		{"kind": "Pattern", "metadata": {"name": "by-hand"}, "spec": {"seats": "paid"}},
		{"kind": "App", "metadata": {"name": "miro"}, "spec": {"tier": 1}},
	]
	found := populations.of({"spec": {"populations": items}}) with input as {"declarations": patterns}
}

test_only_mappings_have_a_description if {
	_described(["employees", {"name": "guests", "tier": 4}]) == [[1, {"name": "guests", "tier": 4}]]
	_described(["employees"]) == []
	populations.of({"spec": {}}) == []
}

test_a_population_inherits_from_its_pattern if {
	expected := {"name": "guests", "pattern": "by-hand", "tier": 2, "seats": "paid", "signOn": {"system": "entra-id", "appId": "a"}}
	_described([{"name": "guests", "pattern": "by-hand", "signOn": {"system": "entra-id"}}]) == [[0, expected]]
}

test_apps_and_unknown_names_are_no_patterns if {
	_described([{"pattern": "miro"}, {"pattern": "gone"}]) == [[0, {"pattern": "miro"}], [1, {"pattern": "gone"}]]
}
