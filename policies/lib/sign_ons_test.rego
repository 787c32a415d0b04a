package policies.lib.sign_ons_test

import data.policies.lib.sign_ons

_okta := {"system": "okta", "protocol": "saml", "appId": "a"}

_entra := {"system": "entra-id", "protocol": "oidc", "appId": "b", "populations": ["guests"]}

_app(spec) := {"kind": "App", "metadata": {"name": "miro"}, "spec": spec}

_entries(found) := [how | some [_, how] in found]

test_a_mapping_is_one_sign_on if {
	sign_ons.of({"signOn": _okta}) == [[["spec", "signOn"], _okta]]
	sign_ons.of({"signOn": {}}) == [[["spec", "signOn"], {}]]
	sign_ons.of({}) == []
}

test_a_list_and_also_are_equivalent if {
	sign_ons.of({"signOn": [_okta, _entra]}) == [[["spec", "signOn", 0], _okta], [["spec", "signOn", 1], _entra]]
	both := object.union(_okta, {"also": [_entra]})
	sign_ons.of({"signOn": both}) == [[["spec", "signOn"], both], [["spec", "signOn", "also", 0], _entra]]
}

test_sign_ons_of_described_populations_are_not_those_of_the_app if {
	spec := {"signOn": [_okta, _entra], "populations": ["employees", {"name": "guests", "tier": 4}]}
	_entries(sign_ons.current) == [_okta] with input as _app(spec)
	count(sign_ons.written) == 2 with input as _app(spec)
	plain := object.union(spec, {"populations": ["employees", "guests"]})
	_entries(sign_ons.current) == [_okta, _entra] with input as _app(plain)
}

test_a_population_has_its_own_and_unrestricted_sign_ons if {
	spec := {"signOn": [_okta, _entra], "populations": ["guests"]}
	_entries(sign_ons.current) == [_okta, _entra] with input as {"metadata": {"population": "guests"}, "spec": spec}
	_entries(sign_ons.current) == [_okta] with input as {"metadata": {"population": "partners"}, "spec": spec}
}

test_the_system_of_scim_is_that_of_the_first_sign_on if {
	sign_ons.system == "okta" with input as _app({"signOn": [_okta, _entra]})
	sign_ons.system == "entra-id" with input as _app({"signOn": [_entra, _okta]})
	not sign_ons.system with input as _app({})
	sign_ons.systems == {"entra-id", "okta"} with input as _app({"signOn": [_entra, _okta]})
}

test_federated if {
	okta := _okta
	_entries(sign_ons.federated) == [okta] with input as _app({"signOn": [okta, {"system": "ad", "protocol": "ldap"}, {"system": "x"}]})
}

test_a_sign_on_is_named_only_among_several if {
	[okta, entra] := [_okta, _entra]
	sign_ons.by(okta) == "" with input as _app({"signOn": okta})
	sign_ons.by(okta) == " through okta" with input as _app({"signOn": [okta, entra]})
	sign_ons.by({}) == "" with input as _app({"signOn": {"also": [entra]}})
}

test_sign_ons_beside_the_closing_systems if {
	[okta, entra] := [_okta, _entra]
	_entries(sign_ons.besides({"okta"})) == [entra] with input as _app({"signOn": [okta, entra]})
	_entries(sign_ons.besides({"entra-id"})) == [okta, entra] with input as _app({"signOn": [okta, entra]})
	_entries(sign_ons.besides({"sailpoint"})) == [entra] with input as _app({"signOn": [okta, entra]})
	_entries(sign_ons.besides({"sailpoint"})) == [] with input as _app({"signOn": okta})
}

_anywhere(spec) := [[path, how.system, how.appId] |
	some [path, how] in sign_ons.anywhere(_app(spec)) with input as {"declarations": [_app(spec)]}
]

test_populations_have_their_own_sign_ons if {
	own := ["spec", "populations", 0, "signOn"]
	first := [["spec", "signOn"], "okta", "a"]
	guests := {"name": "guests", "signOn": {"appId": "c"}}
	_anywhere({"signOn": _okta, "populations": [guests]}) == [first, [own, "okta", "c"]]
	several := {"name": "guests", "signOn": [_okta, _entra]}
	_anywhere({"signOn": _okta, "populations": [several]}) == [first, [array.concat(own, [1]), "entra-id", "b"]]
	_anywhere({"signOn": [_okta], "populations": [{"name": "guests", "tier": 4}, "employees"]}) == [[["spec", "signOn", 0], "okta", "a"]]
	_anywhere({"signOn": _okta, "populations": [{"name": "guests", "signOn": {"enforced": true}}]}) == [first]
	_anywhere({"signOn": _okta, "populations": [{"name": "guests", "signOn": null}]}) == [first]
}
