package policies.lib.undeclared_test

import data.policies.lib.undeclared

_observation(spec) := {"kind": "Observation", "metadata": {"name": "o"}, "spec": object.union({"system": "okta", "appId": "0oa1", "label": "Monday.com"}, spec)}

_app(sign_on) := {"kind": "App", "metadata": {"name": "crm", "title": "CRM", "aliases": ["monday com"]}, "spec": {"signOn": sign_on}}

test_linked_by_any_id if {
	count(undeclared.observations) == 0 with input.declarations as [_app({"system": "okta", "appId": "0oa1"}), _observation({})]
	count(undeclared.observations) == 0 with input.declarations as [_app({"system": "okta", "appId": "x"}), _observation({"otherIds": ["x"]})]
	count(undeclared.observations) == 1 with input.declarations as [_app({"system": "entra-id", "appId": "0oa1"}), _observation({})]
}

test_applications_without_accounts_do_not_count if {
	every spec in [{"builtIn": true}, {"status": "absent"}, {"status": "inactive"}, {"kind": "component"}, {"signOn": {"protocol": "none"}}] {
		count(undeclared.observations) == 0 with input.declarations as [_observation(spec)]
	}
}

test_an_alias_resembles_an_application_of_the_same_system if {
	undeclared.app_of({"label": "Monday.com", "system": "okta"}).at == 0 with input.declarations as [_app({}), _observation({})]
	undeclared.app_of({"label": "Monday.com", "system": "okta"}).at == 0 with input.declarations as [_app({"system": "okta"}), _observation({})]
	not undeclared.app_of({"label": "Monday.com", "system": "okta"}) with input.declarations as [_app({"system": "entra-id"}), _observation({})]
	not undeclared.app_of({"label": "Monday.com", "system": "okta", "kind": "grant"}) with input.declarations as [_app({}), _observation({})]
	not undeclared.app_of({"label": "Monday.com", "system": "okta", "kind": "identity-provider"}) with input.declarations as [_app({}), _observation({})]
	not undeclared.app_of({"label": "Jira", "system": "okta"}) with input.declarations as [_app({}), _observation({})]
}

test_invalid_apps_are_declared if {
	invalid := {"ids": {"okta": ["0oa1"], "": ["0oa2"]}, "names": {"monday-com": ["entra-id"]}}
	every spec in [{}, {"appId": "0oa9", "otherIds": ["0oa1"]}, {"appId": "0oa2", "label": "Jira"}, {"appId": "0oa9"}] {
		count(undeclared.observations) == 0 with input.declarations as [_observation(spec)] with data.leaver.invalid as invalid
	}
	every spec in [{"appId": "0oa9", "label": "Jira"}, {"appId": "0oa9", "system": "entra-id"}, {"appId": "0oa1", "system": "entra-id"}] {
		count(undeclared.observations) == 1 with input.declarations as [_observation(spec)] with data.leaver.invalid as invalid
	}
}

test_letter_case_of_a_uuid_is_irrelevant if {
	uuid := "11aa22bb-0000-4000-8000-00000000000f"
	count(undeclared.observations) == 0 with input.declarations as [_app({"system": "okta", "appId": upper(uuid)}), _observation({"appId": uuid})]
	count(undeclared.observations) == 0 with input.declarations as [_app({"system": "okta", "appId": uuid}), _observation({"otherIds": [upper(uuid)]})]
}

_address := "okta_app_saml.crm"

_planned(spec) := _observation(object.union({"planned": true, "source": {"address": _address}}, spec))

test_an_address_is_no_id if {
	every id in [_address, "okta_app_saml.crm#2"] {
		undeclared.yet_to_be_created(_planned({"appId": id}).spec)
	}
	not undeclared.yet_to_be_created(_planned({}).spec)
	not undeclared.yet_to_be_created(_observation({}).spec)
}

test_a_replacement_of_a_declared_application_does_not_count if {
	removed := _planned({"status": "absent"})
	created := _planned({"appId": _address, "replaces": "0oa1"})
	other := _planned({"appId": sprintf("%s#2", [_address])})
	count(undeclared.observations) == 0 with input.declarations as [_app({"system": "okta", "appId": "0oa1"}), removed, created]
	count(undeclared.observations) == 1 with input.declarations as [_app({"system": "okta", "appId": "0oa2"}), removed, created]
	count(undeclared.observations) == 1 with input.declarations as [_app({"system": "entra-id", "appId": "0oa1"}), removed, created]
	count(undeclared.observations) == 1 with input.declarations as [_app({"system": "okta", "appId": "0oa1"}), removed, created, other]
}

test_a_name_of_two_applications_is_ambiguous if {
	two := [_observation({}), _observation({"appId": "0oa2", "label": "monday-com"})]
	every found in two {
		undeclared.ambiguous(found.spec) with input.declarations as two
	}
	not undeclared.ambiguous(two[0].spec) with input.declarations as [two[0], two[0]]
	not undeclared.ambiguous(two[0].spec) with input.declarations as [two[0], _observation({"appId": "0oa2", "system": "entra-id"})]
}
