package policies.lib.keys_test

import data.policies.lib.keys

test_a_text_names_the_attribute if {
	found := keys.declared with input as {"spec": {"provisioning": {"mode": "scim", "scim": {"matchKey": "email"}, "jit": {}}}}
	found == {"scim": {"attribute": "email", "path": ["spec", "provisioning", "scim", "matchKey"]}}
}

test_a_mapping_also_names_source_and_fallback if {
	found := keys.declared with input as {"spec": {"provisioning": {"hr": {"matchKey": {"attribute": "id", "from": "number"}}}}}
	found == {"hr": {"attribute": "id", "from": "number", "path": ["spec", "provisioning", "hr", "matchKey", "attribute"]}}
}

test_nothing_is_declared if {
	found := keys.declared with input as {"spec": {}}
	found == {}
}
