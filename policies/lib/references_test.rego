package policies.lib.references_test

import data.policies.lib.references

test_keys_that_name_a_system if {
	app := {"spec": {
		"sourceOfTruth": "1",
		"external": {"system": "2", "closedBy": {"system": "3"}},
		"signOn": {"system": "4", "closedBy": {"system": "5"}, "also": [{"system": "6", "closedBy": {"system": "7"}}]},
		"roles": [{"name": "admin", "closedBy": {"system": "8"}}],
		"instances": [{"name": "dev", "closedBy": {"system": "9"}, "refresh": {"reconcile": {"system": "10"}}}],
		"lifecycle": {"create": {"system": "11"}, "deprovision": {"urgent": {"system": "12"}}, "review": {"enforcedBy": {"system": "13"}}},
		"migration": {"from": "14", "to": "15"},
		"provisioning": {"hr": {"system": "16"}, "attributes": [{"name": "title", "authority": "17"}]},
	}}
	{place.system | some place in references.systems} == {sprintf("%d", [n]) | some n in numbers.range(1, 17)} with input as app
}

test_no_system_is_named if {
	count(references.systems) == 0 with input as {"spec": {"provisioning": {"mode": "jit"}}}
}
