package policies.lib.ending_test

import data.policies.lib.ending

_app(stage, operations) := {"spec": {
	"signOn": {"system": "idp"},
	"provisioning": {"scim": {"operations": operations}},
	"lifecycle": {"deprovision": object.union({"via": "scim"}, stage)},
}}

_idp(deletes) := {"idp": {"spec": {"deletes": deletes}}}

test_a_declared_request_counts if {
	found := ending.sends with input as _app({"sends": "delete"}, ["disable"]) with data.leaver.catalogue.System as _idp(false)
	found == "delete"
}

test_a_system_that_never_deletes_sends_a_deactivation if {
	found := ending.sends with input as _app({}, ["delete"]) with data.leaver.catalogue.System as _idp(false)
	found == "disable"
}

test_the_only_operation_counts if {
	found := ending.sends with input as _app({}, ["create", "delete"]) with data.leaver.catalogue.System as _idp(true)
	found == "delete"
}

test_two_operations_decide_nothing if {
	not ending.sends with input as _app({}, ["disable", "delete"]) with data.leaver.catalogue.System as _idp(true)
}
