package policies.lib.emergency_test

import data.policies.lib.emergency

test_expired_accounts_do_not_count if {
	accounts := [{"name": "one"}, {"name": "two", "expires": "2026-11-24"}, {"name": "three", "expires": "2026-11-25"}]
	found := emergency.accounts with input as {"spec": {"breakGlass": accounts}}
		with data.leaver.today as "2026-11-25"
	found == [accounts[0], accounts[2]]
}

test_roles_that_several_people_may_have if {
	roles := [{"name": "a", "privileged": true, "max": 1}, {"name": "b", "privileged": true, "max": 2}, {"name": "c", "privileged": true}, {"name": "d", "max": 9}]
	emergency.wider_roles == [roles[1], roles[2]] with input as {"spec": {"roles": roles}}
}

test_one_sign_in_that_is_not_enforced_is_enough if {
	emergency.sign_on_enforced with input as {"spec": {"signOn": {"protocol": "saml", "system": "okta", "enforced": true}}}
	not emergency.sign_on_enforced with input as {"spec": {"signOn": [
		{"protocol": "saml", "system": "okta", "enforced": true},
		{"protocol": "oidc", "system": "entra-id"},
	]}}
}
