package policies.lib.ways_test

import data.policies.lib.ways

test_stages_that_a_mechanism_can_perform if {
	ways.impossible("csv", "revokeSessions")
	ways.impossible("scim", "transfer")
	not ways.impossible("scim", "deprovision")
	not ways.impossible("script", "transfer")
}

test_mechanisms_that_a_kind_offers if {
	ways.not_offered("hr", "scim")
	ways.not_offered("ticketing", "connector")
	not ways.not_offered("idp", "scim")
	not ways.not_offered("hr", "ticket")
	ways.offered("hr") == "csv`, `hr"
}

test_stages_by_mechanism if {
	ways.doing == {"script": {"deprovision", "remove"}} with input as {"spec": {"lifecycle": {
		"deprovision": {"via": "script"}, "remove": {"via": "script"}, "review": {"via": "script"},
	}}}
	ways.doing == {} with input as {"spec": {}}
	ways.listed({"remove", "deprovision"}) == "`deprovision`, `remove`"
}

test_the_stage_that_ends_access if {
	ways.closing == "deprovision" with input as {"spec": {"lifecycle": {"deprovision": {"via": "scim"}, "remove": {"via": "script"}}}}
	ways.closing == "remove" with input as {"spec": {"lifecycle": {"deprovision": {"via": "none"}, "remove": {"via": "script"}}}}
}

test_the_stage_of_a_finding if {
	ways.reporting_stage({"create", "deprovision"}) == "deprovision"
	ways.reporting_stage({"create", "update"}) == "create"
}

test_own_accounts_of_a_system if {
	ways.is_app("workday") with input as {"metadata": {"name": "workday"}}
	ways.is_app("workday") with input as {"metadata": {"name": "hcm", "aliases": ["workday"]}}
	system := {"workday": {"spec": {"vendor": "workday"}}}
	ways.is_app("workday") with input as {"metadata": {"name": "hcm", "vendor": "Workday"}} with data.leaver.catalogue.System as system
	not ways.is_app("workday") with input as {"metadata": {"name": "wiki", "vendor": "confluence"}} with data.leaver.catalogue.System as system
}

test_stages_of_custom_programs if {
	app := {"spec": {
		"provisioning": {"connector": {"system": "flows"}},
		"lifecycle": {
			"create": {"via": "connector"},
			"update": {"via": "connector", "system": "okta"},
			"deprovision": {"via": "script"},
			"remove": {"via": "scim", "system": "okta"},
			"transfer": {"via": "ticket", "system": "flows"},
		},
	}}
	systems := {"flows": {"spec": {"kind": "automation"}}, "okta": {"spec": {"kind": "idp"}}}
	found := ways.by_program with input as app with data.leaver.catalogue.System as systems
	found == {"connector": {"create"}, "script": {"deprovision"}}
}

test_alerts_of_a_system if {
	systems := {"a": {"spec": {"alertsByDefault": true}}, "b": {"spec": {"alert": "it"}}, "c": {"spec": {"alertsByDefault": false}}}
	{name | some name, _ in systems; ways.has_alert(name)} == {"a", "b"} with data.leaver.catalogue.System as systems
	not ways.has_alert("d") with data.leaver.catalogue.System as systems
}

test_systems_that_perform_a_stage if {
	app := {"spec": {"lifecycle": {"remove": {"via": "script", "system": "jobs"}, "update": {"via": "script", "system": "nobody"}}}}
	[place] = ways.runners({"remove", "update", "create"}, "runsAs", "m") with input as app with data.leaver.catalogue.System as {"jobs": {}}
	place == {"kind": "System", "name": "jobs", "path": ["spec", "runsAs"], "message": "m"}
}

test_sign_in_with_a_directory_password if {
	every protocol in ["ldap", "kerberos", "radius"] {
		not ways.not_offered("directory", "jit") with input as {"spec": {"signOn": {"protocol": protocol}}}
	}
	ways.not_offered("directory", "jit") with input as {"spec": {"signOn": {"protocol": "saml"}}}
	ways.not_offered("directory", "scim") with input as {"spec": {"signOn": {"protocol": "ldap"}}}
	ways.not_offered("hr", "jit") with input as {"spec": {"signOn": {"protocol": "ldap"}}}
}

test_stages_that_people_perform_at_the_identity_provider if {
	app := {"metadata": {"name": "chat"}, "spec": {"signOn": {"protocol": "saml", "system": "okta"}}}
	ways.at_idp({"via": "ticket", "system": "okta"}) with input as app
	not ways.at_idp({"via": "ticket", "system": "jira"}) with input as app
	not ways.at_idp({"via": "script", "system": "okta"}) with input as app
	not ways.at_idp({"via": "ticket"}) with input as app
}
