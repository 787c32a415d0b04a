package policies.lib.apps_test

import data.policies.lib.apps

test_jit_and_hybrid_create_at_sign_in if {
	every mode in ["jit", "hybrid"] {
		apps.created_by_jit with input as {"spec": {"provisioning": {"mode": mode}}}
	}
}

test_create_via_jit_counts_whatever_the_mode if {
	apps.created_by_jit with input as {"spec": {"lifecycle": {"create": {"via": "jit"}}}}
}

test_what_is_said_of_creation_counts_whatever_the_mode if {
	apps.created_by_jit with input as {"spec": {"provisioning": {"mode": "connector", "jit": {"creates": true}}}}
}

test_jit_that_only_updates_creates_nothing if {
	not apps.created_by_jit with input as {"spec": {"provisioning": {"mode": "hybrid", "jit": {"creates": false}}}}
}

test_other_modes_and_retired_apps_do_not if {
	not apps.created_by_jit with input as {"spec": {"provisioning": {"mode": "scim"}}}
	not apps.created_by_jit with input as {"spec": {"status": "retired", "provisioning": {"mode": "jit"}}}
}

test_an_owner_is_a_name if {
	apps.owned("update") with input as {"spec": {"lifecycle": {"update": {"owner": "it"}}}}
	not apps.owned("update") with input as {"spec": {"lifecycle": {"update": {"owner": ""}}}}
	not apps.owned("update") with input as {"spec": {}}
}

test_an_app_without_a_tier_counts_as_three if {
	apps.tier == 3 with input as {"spec": {}}
	apps.tier == 1 with input as {"spec": {"tier": 1}}
}

test_alive_is_not_retired if {
	apps.alive with input as {"spec": {"status": "planned"}}
	not apps.alive with input as {"spec": {"status": "retired"}}
}
