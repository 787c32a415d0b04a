package policies.lib.feeds_test

import data.policies.lib.feeds

_systems := {
	"workday": {"spec": {}},
	"badge": {"spec": {}},
	"ad": {"spec": {"fedBy": [{"system": "workday", "syncMinutes": 1440}, {"system": "badge", "syncMinutes": 5, "delayDays": 1}]}},
	"okta": {"spec": {"fedBy": [{"system": "ad", "syncMinutes": 30}]}},
	"loop": {"spec": {"fedBy": [{"system": "pool", "syncMinutes": 1}]}},
	"pool": {"spec": {"fedBy": [{"system": "loop"}]}},
	"self": {"spec": {"fedBy": [{"system": "self"}]}},
}

test_paths_and_sources if {
	feeds.sources("okta") == {"ad", "workday", "badge"} with data.leaver.catalogue.System as _systems
	feeds.sources("workday") == set() with data.leaver.catalogue.System as _systems
	feeds.sources("loop") == {"pool"} with data.leaver.catalogue.System as _systems
	feeds.sources("self") == set() with data.leaver.catalogue.System as _systems
}

test_the_slowest_path_from_the_source if {
	[1470, path] = feeds.slowest("okta", "workday") with data.leaver.catalogue.System as _systems
	feeds.path_text(path) == "workday → (24 h) ad → (30 min) okta"
	count(feeds.places(path)) == 2
	[30, _] = feeds.slowest("okta", "ad") with data.leaver.catalogue.System as _systems
}

test_all_complete_paths_count_if_the_source_feeds_nothing if {
	[1475, path] = feeds.slowest("okta", "hr") with data.leaver.catalogue.System as _systems
	feeds.path_text(path) == "badge → (24 h 5 min) ad → (30 min) okta"
}

test_no_minutes_are_at_once if feeds.time_of(0) == "at once"

test_cycles if {
	count(feeds.cycles("loop")) == 1 with data.leaver.catalogue.System as _systems
	count(feeds.cycles("self")) == 1 with data.leaver.catalogue.System as _systems
	count(feeds.cycles("okta")) == 0 with data.leaver.catalogue.System as _systems
}
