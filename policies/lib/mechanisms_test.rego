package policies.lib.mechanisms_test

import data.policies.lib.mechanisms

_app := {"spec": {
	"signOn": {"system": "okta"},
	"provisioning": {"mode": "hybrid", "connector": {"system": "conductorone"}},
	"lifecycle": {
		"create": {"via": "jit"},
		"update": {"via": "scim", "system": "entra-id"},
		"entitle": {"via": "connector"},
		"deprovision": {"via": "scim"},
		"review": {"via": "connector"},
	},
}}

test_stages_that_push if {
	mechanisms.pushed == {"update": "scim", "entitle": "connector", "deprovision": "scim"} with input as _app
	mechanisms.used == {"scim", "connector"} with input as _app
}

test_the_mode_counts_as_a_mechanism if {
	mechanisms.used == {"directory"} with input as {"spec": {"provisioning": {"mode": "directory"}}}
	mechanisms.used == {"scim"} with input as {"spec": {"provisioning": {"mode": "hybrid"}}}
	mechanisms.used == set() with input as {"spec": {"provisioning": {"mode": "jit"}}}
	mechanisms.used == {"hr"} with input as {"spec": {"provisioning": {"hr": {}}}}
	mechanisms.used == {"scim", "connector"} with input as {"spec": {"provisioning": {"mode": "connector", "scim": {}}}}
}

test_the_stage_overrides_the_mode_for_creation if {
	mechanisms.creation == "jit" with input as _app
	mechanisms.creation == "scim" with input as {"spec": {"provisioning": {"mode": "scim"}}}
	mechanisms.creation == "hr" with input as {"spec": {"provisioning": {"hr": {}}}}
	not mechanisms.creation with input as {"spec": {"provisioning": {}}}
}

test_a_mode_may_contradict_the_creation_by_sign_in if {
	mechanisms.contradicted with input as {"spec": {"provisioning": {"mode": "scim"}, "lifecycle": {"create": {"via": "jit"}}}}
	not mechanisms.contradicted with input as _app
}

test_a_stage_with_a_mechanism_or_an_owner_is_done if {
	mechanisms.done("update") with input as {"spec": {"lifecycle": {"update": {"via": "ticket"}}}}
	mechanisms.done("update") with input as {"spec": {"lifecycle": {"update": {"owner": "it-apps"}}}}
	not mechanisms.done("update") with input as {"spec": {"lifecycle": {"update": {"via": "none", "owner": "it-apps"}}}}
	not mechanisms.done("update") with input as {"spec": {"lifecycle": {"update": {"slaHours": 24}}}}
	not mechanisms.done("update") with input as {"spec": {}}
}

test_the_system_of_a_stage if {
	mechanisms.system("update") == "entra-id" with input as _app
	mechanisms.system("deprovision") == "okta" with input as _app
	mechanisms.system("entitle") == "conductorone" with input as _app
	not mechanisms.system("create") with input as _app
}

test_the_systems_of_a_mechanism if {
	mechanisms.systems("scim") == {"okta", "entra-id"} with input as _app
	mechanisms.systems("connector") == {"conductorone"} with input as _app
	mechanisms.systems("hr") == set() with input as _app
}

test_a_custom_program_is_no_connector if {
	mechanisms.used == set() with input as {"spec": {"provisioning": {"script": {}}}}
	mechanisms.used == set() with input as {"spec": {"provisioning": {"mode": "connector"}, "lifecycle": {"create": {"via": "automation"}}}}
	mechanisms.used == {"connector"} with input as {"spec": {"provisioning": {"mode": "connector", "connector": {}}, "lifecycle": {"create": {"via": "script"}}}}
	mechanisms.used == {"connector"} with input as {"spec": {"provisioning": {"mode": "connector", "script": {}}, "lifecycle": {"create": {"via": "connector"}}}}
}

test_custom_programs_that_create_accounts if {
	mechanisms.programs == {"script"} with input as {"spec": {"provisioning": {"script": {}}}}
	mechanisms.programs == {"automation"} with input as {"spec": {"provisioning": {"mode": "connector"}, "lifecycle": {"create": {"via": "automation"}}}}
	mechanisms.programs == set() with input as {"spec": {"provisioning": {"mode": "manual", "script": {}}}}
	mechanisms.programs == set() with input as {"spec": {"provisioning": {"jit": {}, "script": {}}}}
}

test_mechanisms_that_match_accounts if {
	mechanisms.matching == {"script"} with input as {"spec": {"provisioning": {"script": {}, "jit": {}}}}
	mechanisms.matching == {"csv", "automation"} with input as {"spec": {"provisioning": {"csv": {}, "automation": {}}}}
	mechanisms.matching == {"scim"} with input as {"spec": {"provisioning": {"mode": "scim", "csv": {}}}}
}

test_a_return_is_untested_if_privileged_roles_may_come_back if {
	app := {"spec": {"lifecycle": {"reactivate": {"via": "scim"}}, "roles": [{"name": "admin", "privileged": true}]}}
	mechanisms.untested_return with input as app
	not mechanisms.untested_return with input as object.union(app, {"spec": {"roles": [{"name": "viewer", "privileged": false}]}})
	not mechanisms.untested_return with input as object.union(app, {"spec": {"lifecycle": {"reactivate": {"via": "ticket"}}}})
	not mechanisms.untested_return with input as object.union(app, {"spec": {"lifecycle": {"reactivate": {"testedOn": "2026-09-01"}}}})
}
