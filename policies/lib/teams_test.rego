package policies.lib.teams_test

import data.policies.lib.teams

test_no_team_is_named if {
	count(teams.named) == 0 with input as {"metadata": {"name": "a"}, "spec": {"lifecycle": {"create": {"via": "scim"}}}}
}

test_all_places_that_name_a_team if {
	app := {
		"metadata": {"name": "a", "owner": "1"},
		"spec": {
			"lifecycle": {"review": {"owner": "2", "escalateTo": "3", "via": "ticket"}, "transfer": {"to": "4"}},
			"roles": [{"name": "r", "owner": "5", "approver": "6"}],
			"nonHuman": [{"name": "n", "sponsor": "7"}],
			"localAccounts": {"owner": "8", "accounts": [{"name": "l", "owner": "9"}]},
			"external": {"sponsor": "10", "maxDays": 3},
			"provisioning": {"csv": {"owner": "11"}, "scim": {"auth": "oauth2", "deleteGuard": {"approver": "12"}}},
		},
	}
	{place.team | some place in teams.named} == {sprintf("%d", [n]) | some n in numbers.range(1, 12)} with input as app
}

test_teams_of_signals_migrations_and_other_mechanisms if {
	app := {"spec": {
		"lifecycle": {
			"deprovision": {"signal": {"owner": "1"}, "urgent": {"owner": "2", "via": "admin"}},
			"review": {"enforcedBy": {"owner": "3"}},
		},
		"external": {"closedBy": {"owner": "4"}},
		"signOn": {"also": [{"system": "okta"}, {"system": "entra-id", "closedBy": {"owner": "5"}}]},
		"migration": {"owner": "6", "accountsBy": "7", "credentialsBy": "8", "to": "okta"},
		"provisioning": {"mode": "scim", "script": {"deleteGuard": {"approver": "9"}}, "hr": {"scope": {"managedBy": "10"}}},
		"instances": [
			{"name": "prod"},
			{"name": "dev", "closedBy": {"owner": "11"}, "refresh": {"accounts": "copied", "reconcile": {"owner": "12"}}},
		],
		"roles": [{"name": "admin", "closedBy": {"owner": "13"}}],
		"secondAccounts": {"exist": true, "owner": "14"},
	}}
	{place.team | some place in teams.named} == {sprintf("%d", [n]) | some n in numbers.range(1, 14)} with input as app
	{place.path | some place in teams.named} == {["spec", "runsAs", "owner"]} with input as {"spec": {"runsAs": {"owner": "1"}}}
}

test_systems_and_waivers if {
	system := {"metadata": {"owner": "1"}, "spec": {"deleteGuard": {"threshold": 3, "approver": "2"}}}
	{place.path | some place in teams.named} == {["metadata", "owner"], ["spec", "deleteGuard", "approver"]} with input as system
	{place.path | some place in teams.named} == {["spec", "owner"]} with input as {"spec": {"owner": "1", "approver": "ada"}}
}
