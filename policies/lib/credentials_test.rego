package policies.lib.credentials_test

import data.policies.lib.credentials

test_a_revoked_credential_is_not_live if {
	items := [{"name": "a"}, {"name": "b", "revokedOn": "2026-11-25"}, {"name": "c", "revokedOn": "2026-11-26"}]
	live := {0: items[0], 2: items[2]}
	credentials.live == live with input as {"spec": {"nonHuman": items}} with data.leaver.today as "2026-11-25"
	credentials.grants == live with input as {"spec": {"thirdPartyGrants": items}} with data.leaver.today as "2026-11-25"
}

test_a_retired_app_has_no_live_credentials if {
	app := {"spec": {"status": "retired", "nonHuman": [{"name": "a"}], "thirdPartyGrants": [{"name": "a"}]}}
	count(credentials.live) == 0 with input as app
	count(credentials.grants) == 0 with input as app
}

test_a_credential_is_valid_on_its_last_day if {
	credentials.expired({"expires": "2026-11-24"}) with data.leaver.today as "2026-11-25"
	not credentials.expired({"expires": "2026-11-25"}) with data.leaver.today as "2026-11-25"
	not credentials.expired({"name": "a"}) with data.leaver.today as "2026-11-25"
}

test_a_workload_identity_has_no_secret if {
	credentials.secretless({"kind": "workload-identity"})
	not credentials.secretless({"kind": "api-key"})
}

test_wildcards_are_broad if {
	every scope in ["*", "*:*", "Admin", "users:*", "users.*"] {
		credentials.broad(scope)
	}
	every scope in ["users.read", "okta.users.manage", "admin.teams:read", "/projects/*", "all-hands:read"] {
		not credentials.broad(scope)
	}
}

test_a_personal_token_may_belong_to_a_team if {
	credentials.personal({"kind": "personal-token"})
	credentials.personal({"kind": "api-key", "boundTo": "person"})
	not credentials.personal({"kind": "personal-token", "boundTo": "team"})
	not credentials.personal({"kind": "api-key"})
}

test_credentials_of_mechanisms_and_stages if {
	every via in ["scim", "connector", "directory", "hr", "csv", "script", "automation"] {
		credentials.of_mechanisms == {"key"} with input as {"spec": {"provisioning": {via: {"credential": "key"}}}}
	}
	credentials.of_mechanisms == {"key"} with input as {"spec": {"lifecycle": {"remove": {"via": "admin", "credential": "key"}}}}
	credentials.of_mechanisms == set() with input as {"spec": {"provisioning": {"mode": "scim"}, "nonHuman": [{"name": "key"}]}}
}
