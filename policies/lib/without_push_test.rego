package policies.lib.without_push_test

import data.policies.lib.without_push

_vendors := {"chat": {"title": "Chat", "facts": {"withoutPush": {
	"value": ["account", "sessions", "keys", "password"],
	"source": "https://a.example",
	"asOf": "2026",
}}}}

_app(spec) := {"metadata": {"name": "chat", "vendor": "chat"}, "spec": object.union({"signOn": {"protocol": "saml", "system": "okta"}}, spec)}

_left(spec) := left if {
	left := without_push.kept_names(without_push.kinds) with input as _app(spec) with data.leaver.vendors as _vendors
}

test_without_stages_all_access_remains if {
	_left({}) == ["the account", "open sessions", "keys", "a password"]
}

test_stages_in_the_product_end_access if {
	count(_left({
		"signOn": {"enforced": true},
		"lifecycle": {"remove": {"via": "script"}, "revokeSessions": {"owner": "it"}, "revokeCredentials": {"via": "ticket"}},
	})) == 0
}

test_stages_at_the_identity_provider_do_not_end_keys if {
	_left({"lifecycle": {"revokeCredentials": {"via": "admin", "system": "okta"}, "revokeSessions": {"via": "scim"}}})[2] == "keys"
}
