package policies.lib.suspension_test

import data.policies.lib.suspension

_app(deprovision, jit) := {"spec": {"provisioning": {"mode": "jit", "jit": jit}, "lifecycle": {"deprovision": deprovision}}}

test_mechanisms_that_suspend_accounts_created_at_sign_in if {
	every via in ["scim", "connector", "script", "automation", "csv", "ticket", "admin", "runbook", "vendor"] {
		suspension.by == {via} with input as _app({"via": via, "effect": "suspend"}, {})
	}
	suspension.by == set() with input as _app({"via": "none"}, {})
	suspension.by == set() with input as {"spec": {"provisioning": {"mode": "scim"}, "lifecycle": {"deprovision": {"via": "scim"}}}}
}

test_deleted_accounts_are_not_reactivated if {
	suspension.by == set() with input as _app({"via": "ticket", "effect": "delete"}, {})
	suspension.by == set() with input as _app({"via": "ticket", "effect": "seat-only"}, {})
	suspension.by == {"scim"} with input as _app({"via": "scim", "effect": "seat-only"}, {})
	suspension.by == set() with input as _app({"via": "scim", "effect": "suspend"}, {"reactivates": true})
}
