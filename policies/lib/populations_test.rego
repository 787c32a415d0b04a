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

test_only_mappings_are_described if {
	_described(["employees", {"name": "guests", "tier": 4}]) == [[1, {"name": "guests", "tier": 4}]]
	_described(["employees"]) == []
	populations.of({"spec": {}}) == []
}

test_it_has_the_rest_from_its_pattern if {
	expected := {"name": "guests", "pattern": "by-hand", "tier": 2, "seats": "paid", "signOn": {"system": "entra-id", "appId": "a"}}
	_described([{"name": "guests", "pattern": "by-hand", "signOn": {"system": "entra-id"}}]) == [[0, expected]]
}

test_no_app_and_no_unknown_name_is_a_pattern if {
	_described([{"pattern": "miro"}, {"pattern": "gone"}]) == [[0, {"pattern": "miro"}], [1, {"pattern": "gone"}]]
}
