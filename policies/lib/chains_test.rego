package policies.lib.chains_test

import data.policies.lib.chains

_systems := {
	"okta": {"spec": {"syncMinutes": 40, "fedBy": [{"system": "workday", "syncMinutes": 60}]}},
	"alone": {"spec": {"syncMinutes": 30}},
}

_app(spec) := {"spec": object.union({"sourceOfTruth": "workday", "signOn": {"system": "okta"}}, spec)}

test_the_last_step if {
	life := {"lifecycle": {"deprovision": {"via": "scim"}}}
	chains.last_step("scim", "deprovision") == 40 with input as _app(life) with data.leaver.catalogue.System as _systems
	own := object.union(life, {"provisioning": {"scim": {"syncMinutes": 5, "delayDays": 1}, "csv": {"everyDays": 2}}})
	chains.last_step("scim", "deprovision") == 1445 with input as _app(own) with data.leaver.catalogue.System as _systems
	chains.last_step("scim", "update") == 5 with input as _app(own) with data.leaver.catalogue.System as _systems
	chains.last_step("csv", "deprovision") == 2880 with input as _app(own) with data.leaver.catalogue.System as _systems
	chains.last_step("ticket", "deprovision") == 0 with input as _app(own) with data.leaver.catalogue.System as _systems
}

test_imports_before_the_last_step if {
	pushed := {"lifecycle": {"deprovision": {"via": "scim"}, "update": {"via": "script", "system": "alone"}}}
	[60, path] = chains.way_to_system("deprovision") with input as _app(pushed) with data.leaver.catalogue.System as _systems
	chains.path_text("deprovision", path) == "workday → (1 h) okta" with input as _app(pushed) with data.leaver.catalogue.System as _systems
	[0, []] = chains.way_to_system("update") with input as _app(pushed) with data.leaver.catalogue.System as _systems
	chains.path_text("update", []) == "alone" with input as _app(pushed) with data.leaver.catalogue.System as _systems
}

test_a_signal_replaces_the_imports if {
	told := {"lifecycle": {"deprovision": {"via": "ticket", "signal": {"from": "people-ops", "via": "mail", "everyHours": 24}}}}
	[1440, []] = chains.way_to_system("deprovision") with input as _app(told) with data.leaver.catalogue.System as _systems
	chains.path_text("deprovision", []) == "people-ops → (24 h) mail" with input as _app(told) with data.leaver.catalogue.System as _systems
}
