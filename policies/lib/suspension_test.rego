package policies.lib.suspension_test

import data.policies.lib.suspension

_app(deprovision, jit) := {"spec": {"provisioning": {"mode": "jit", "jit": jit}, "lifecycle": {"deprovision": deprovision}}}

test_whatever_suspends_what_a_sign_in_creates if {
	every via in ["scim", "connector", "script", "automation", "csv", "ticket", "admin", "runbook", "vendor"] {
		suspension.by == {via} with input as _app({"via": via, "effect": "suspend"}, {})
	}
	suspension.by == set() with input as _app({"via": "none"}, {})
	suspension.by == set() with input as {"spec": {"provisioning": {"mode": "scim"}, "lifecycle": {"deprovision": {"via": "scim"}}}}
}

test_nothing_is_left_to_come_back if {
	suspension.by == set() with input as _app({"via": "ticket", "effect": "delete"}, {})
	suspension.by == set() with input as _app({"via": "ticket", "effect": "seat-only"}, {})
	suspension.by == {"scim"} with input as _app({"via": "scim", "effect": "seat-only"}, {})
	suspension.by == set() with input as _app({"via": "scim", "effect": "suspend"}, {"reactivates": true})
}
