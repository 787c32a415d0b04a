package policies.lib.observed_test

import data.policies.lib.observed

_observation := {"kind": "Observation", "metadata": {"name": "okta-slack"}, "spec": {"system": "okta", "appId": "0oa1"}}

_app := {"kind": "App", "metadata": {"name": "slack"}, "spec": {
	"signOn": {"system": "okta", "appId": "0oa1"},
	"provisioning": {"mode": "scim", "scim": {"endpoint": "https://API.example.com:8443/scim"}},
}}

test_matches_by_system_and_id if {
	count(observed.all) == 1 with input as _app with data.leaver as {"observations": {"okta": {"0oa1": [_observation]}}}
}

test_another_id_is_another_application if {
	observed.all == set() with input as _app with data.leaver as {"observations": {"okta": {"0oa2": [_observation]}}}
}

test_another_system_has_other_ids if {
	observed.all == set() with input as _app with data.leaver as {"observations": {"entra-id": {"0oa1": [_observation]}}}
}

_gone := {observation | some [_, _, observation] in observed.gone}

test_absent_is_not_present if {
	gone := object.union(_observation, {"spec": {"status": "absent"}})
	observed.present == set() with input as _app with data.leaver as {"observations": {"okta": {"0oa1": [gone]}}}
}

test_a_plan_that_removes_an_application_overrides_the_export if {
	removed := object.union(_observation, {"spec": {"status": "absent", "planned": true}})
	_gone == {removed} with input as _app with data.leaver as {"observations": {"okta": {"0oa1": [_observation, removed]}}}
}

test_an_application_in_another_export_is_not_gone if {
	absent := object.union(_observation, {"spec": {"status": "absent"}})
	changed := object.union(_observation, {"spec": {"planned": true}})
	_gone == set() with input as _app with data.leaver as {"observations": {"okta": {"0oa1": [absent, _observation]}}}
	_gone == {absent} with input as _app with data.leaver as {"observations": {"okta": {"0oa1": [absent, changed]}}}
}

test_the_complete_snapshot_of_a_system if {
	snapshots := {"okta": {"complete": {"spec": {"takenOn": "2026-11-24"}}, "of": {}}, "entra-id": {"of": {}}}
	observed.complete("okta").spec.takenOn == "2026-11-24" with data.leaver as {"snapshots": snapshots}
	not observed.complete("entra-id") with data.leaver as {"snapshots": snapshots}
	not observed.complete("scim") with data.leaver as {"snapshots": snapshots}
}

test_servers_by_host if {
	count(observed.servers) == 1 with input as _app with data.leaver as {"observations": {"scim": {"api.example.com": [_observation]}}}
}

test_in_use if {
	observed.running with input as _app
	observed.live with input as _app
	not observed.running with input as object.union(_app, {"spec": {"status": "discovered"}})
	not observed.live with input as object.union(_app, {"spec": {"status": "retiring"}})
}

test_mechanisms_of_a_system if {
	observed.mechanisms_of("okta") == {"scim"} with input as _app
	observed.mechanisms_of("entra-id") == set() with input as _app
	other := object.union(_app, {"spec": {"lifecycle": {"create": {"via": "scim", "system": "entra-id"}}}})
	observed.mechanisms_of("okta") == set() with input as other
	observed.mechanisms_of("entra-id") == {"scim"} with input as other
}

test_place_mentions_a_plan if {
	observed.place(_observation) == "in okta"
	observed.place(object.union(_observation, {"spec": {"planned": true}})) == "in okta once the plan is applied"
}

test_related_points_to_the_observation if {
	observed.related(_observation, ["status"], "seen") == {
		"kind": "Observation", "name": "okta-slack", "path": ["spec", "status"], "message": "seen",
	}
}

_second := {"kind": "Observation", "metadata": {"name": "entra-slack"}, "spec": {"system": "entra-id", "appId": "b", "status": "absent"}}

_two := {"observations": {"okta": {"0oa1": [_observation]}, "entra-id": {"b": [_second]}}}

_listed := object.union(_app, {"spec": {"signOn": [{"system": "okta", "appId": "0oa1"}, {"system": "entra-id", "appId": "b"}]}})

_also := object.union(_app, {"spec": {"signOn": {"appId": null, "also": [{"system": "entra-id", "appId": "b"}]}}})

_paths := {path | some [path, _, _] in observed.gone}

test_each_sign_on_has_its_own_application if {
	[one, other] := [_observation, _second]
	observed.all == {one, other} with input as _listed with data.leaver as _two
	observed.all == {other} with input as _also with data.leaver as _two
	observed.present == {one} with input as _listed with data.leaver as _two
	_paths == {["spec", "signOn", 1]} with input as _listed with data.leaver as _two
	_paths == {["spec", "signOn", "also", 0]} with input as _also with data.leaver as _two
}

test_planned_and_retired_apps_are_not_compared if {
	observed.compared with input as _app
	every status in ["discovered", "live", "retiring"] {
		observed.compared with input as object.union(_app, {"spec": {"status": status}})
	}
	every status in ["planned", "retired"] {
		not observed.compared with input as object.union(_app, {"spec": {"status": status}})
	}
}

test_another_application_of_the_app_may_provision if {
	off := object.union(_observation, {"spec": {"provisioning": {"enabled": false}}})
	on := object.union(_observation, {"spec": {"appId": "0oa2", "provisioning": {"enabled": true}}})
	switch := ["provisioning", "enabled"]
	app := object.union(_app, {"spec": {"signOn": [{"system": "okta", "appId": "0oa1"}, {"system": "okta", "appId": "0oa2"}]}})
	observed.elsewhere(off, switch) with input as app with data.leaver as {"observations": {"okta": {"0oa1": [off], "0oa2": [on]}}}
	not observed.elsewhere(off, switch) with input as app with data.leaver as {"observations": {"okta": {"0oa1": [off], "0oa2": [off]}}}
	# An application that is switched off does nothing, even if its switches are on.
	deactivates := object.union(on, {"spec": {"provisioning": {"operations": {"disable": true}}}})
	every idle in [{"status": "inactive"}, {"provisioning": {"enabled": false}}] {
		other := object.union(deactivates, {"spec": idle})
		not observed.elsewhere(off, ["provisioning", "operations", "disable"]) with input as app with data.leaver as {"observations": {"okta": {"0oa1": [off], "0oa2": [other]}}}
	}
	observed.elsewhere(off, ["provisioning", "operations", "disable"]) with input as app with data.leaver as {"observations": {"okta": {"0oa1": [off], "0oa2": [deactivates]}}}
	planned := object.union(on, {"spec": {"appId": "0oa1"}})
	not observed.elsewhere(off, switch) with input as _app with data.leaver as {"observations": {"okta": {"0oa1": [off, planned]}}}
}
