package policies.lib.apps_test

import data.policies.lib.apps

test_jit_and_hybrid_create_at_sign_in if {
	every mode in ["jit", "hybrid"] {
		apps.created_by_jit with input as {"spec": {"provisioning": {"mode": mode}}}
	}
}

test_create_via_jit_counts_in_any_mode if {
	apps.created_by_jit with input as {"spec": {"lifecycle": {"create": {"via": "jit"}}}}
}

test_declared_creation_counts_in_any_mode if {
	apps.created_by_jit with input as {"spec": {"provisioning": {"mode": "connector", "jit": {"creates": true}}}}
}

test_jit_that_only_updates_creates_nothing if {
	not apps.created_by_jit with input as {"spec": {"provisioning": {"mode": "hybrid", "jit": {"creates": false}}}}
}

test_other_modes_and_retired_apps_create_nothing_at_sign_in if {
	not apps.created_by_jit with input as {"spec": {"provisioning": {"mode": "scim"}}}
	not apps.created_by_jit with input as {"spec": {"status": "retired", "provisioning": {"mode": "jit"}}}
}

test_an_owner_needs_a_name if {
	apps.owned("update") with input as {"spec": {"lifecycle": {"update": {"owner": "it"}}}}
	not apps.owned("update") with input as {"spec": {"lifecycle": {"update": {"owner": ""}}}}
	not apps.owned("update") with input as {"spec": {}}
}

test_an_app_without_a_tier_counts_as_the_most_critical if {
	apps.tier == 1 with input as {"spec": {}}
	apps.tier == 4 with input as {"spec": {"tier": 4}}
}

test_an_app_is_alive_unless_retired if {
	apps.alive with input as {"spec": {"status": "planned"}}
	not apps.alive with input as {"spec": {"status": "retired"}}
}

test_a_block_counts_as_the_mode if {
	apps.mode == "jit" with input as {"spec": {"provisioning": {"jit": {}}}}
	apps.mode == "hybrid" with input as {"spec": {"provisioning": {"jit": {}, "scim": {}}}}
	apps.mode == "connector" with input as {"spec": {"provisioning": {"connector": {}, "jit": {}}}}
	apps.mode == "shared" with input as {"spec": {"provisioning": {"shared": {}}}}
	apps.mode == "none" with input as {"spec": {"provisioning": {"mode": "none", "scim": {}}}}
	apps.mode == "connector" with input as {"spec": {"provisioning": {"script": {}}}}
	apps.mode == "connector" with input as {"spec": {"provisioning": {"automation": {"system": "flows"}}}}
	apps.mode == "jit" with input as {"spec": {"provisioning": {"script": {}, "jit": {}}}}
	apps.mode == "" with input as {"spec": {"provisioning": {"attributes": []}}}
	apps.mode == "" with input as {"spec": {}}
}

test_the_mode_of_any_app if {
	apps.mode_of({"mode": "csv", "scim": {}}) == "csv"
	apps.mode_of({"scim": {}, "jit": {}}) == "hybrid"
	apps.mode_of({}) == ""
}

test_a_jit_block_creates_accounts_unless_creates_is_false if {
	apps.created_by_jit with input as {"spec": {"provisioning": {"mode": "connector", "jit": {"groups": ["g"]}}}}
	apps.created_by_jit with input as {"spec": {"provisioning": {"jit": {}}}}
	not apps.created_by_jit with input as {"spec": {"provisioning": {"jit": {"creates": false}}}}
}

test_planned_discovered_and_retired_apps_are_not_in_use if {
	apps.in_use with input as {"spec": {}}
	apps.in_use with input as {"spec": {"status": "retiring"}}
	every status in ["planned", "discovered", "retired"] {
		not apps.in_use with input as {"spec": {"status": status}}
	}
}

test_which_apps_have_accounts if {
	apps.has_accounts with input as {"spec": {}}
	apps.has_accounts with input as {"spec": {"provisioning": {"mode": "manual"}}}
	not apps.has_accounts with input as {"spec": {"provisioning": {"mode": "shared"}}}
	not apps.has_accounts with input as {"spec": {"provisioning": {"mode": "none"}}}
	not apps.has_accounts with input as {"spec": {"status": "planned"}}
}
