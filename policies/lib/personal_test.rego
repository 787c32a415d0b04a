package policies.lib.personal_test

import data.policies.lib.personal

_app := {"spec": {
	"issues": ["sshKeys"],
	"nonHuman": [{"name": "export", "kind": "personal-token"}],
	"thirdPartyGrants": [{"name": "a", "boundTo": "person"}, {"name": "b"}],
}}

test_credentials_of_people if {
	personal.declared == {"sshKeys"} with input as _app
	personal.personal_grants == {0} with input as _app
	personal.consents == {"oauthGrants"} with input as _app
	personal.personal_tokens == {"personalTokens"} with input as _app
	personal.unbound == ["b"] with input as _app
}

test_an_app_without_personal_credentials if {
	personal.consents == set() with input as {"spec": {}}
	personal.personal_tokens == set() with input as {"spec": {}}
}
