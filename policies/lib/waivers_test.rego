package policies.lib.waivers_test

import data.policies.lib.waivers

_app(metadata) := {"kind": "App", "metadata": object.union({"name": "asana"}, metadata)}

_waiver(spec) := {"kind": "Waiver", "metadata": {"name": "w"}, "spec": spec}

test_by_name if {
	waivers.selects(_waiver({"apps": ["asana", "miro"]}), _app({}))
	not waivers.selects(_waiver({"apps": ["miro"]}), _app({}))
	not waivers.selects(_waiver({"apps": []}), _app({}))
}

test_by_label if {
	waiver := _waiver({"labels": {"wave": "2", "site": "bern"}})
	waivers.selects(waiver, _app({"labels": {"wave": "2", "site": "bern", "more": "x"}}))
	not waivers.selects(waiver, _app({"labels": {"wave": "2"}}))
	not waivers.selects(waiver, _app({"labels": {"wave": "3", "site": "bern"}}))
	not waivers.selects(waiver, _app({}))
}

test_by_vendor if {
	waivers.selects(_waiver({"vendor": "Asana"}), _app({"vendor": "asana"}))
	not waivers.selects(_waiver({"vendor": "Asana"}), _app({"vendor": "asana-eu"}))
	not waivers.selects(_waiver({"vendor": "Asana"}), _app({}))
}

test_by_pattern if {
	waiver := _waiver({"pattern": "tickets"})
	waivers.selects(waiver, _uses("tickets")) with input as _patterns
	waivers.selects(waiver, _uses("slow-tickets")) with input as _patterns
	not waivers.selects(waiver, _uses("okta-scim")) with input as _patterns
	not waivers.selects(waiver, _uses("nobody-declared-it")) with input as _patterns
	not waivers.selects(waiver, _app({})) with input as _patterns
	waivers.is_open(waiver)
}

_uses(pattern) := object.union(_app({}), {"spec": {"pattern": pattern}})

_patterns := {"declarations": [
	{"kind": "Pattern", "metadata": {"name": "tickets"}, "spec": {}},
	{"kind": "Pattern", "metadata": {"name": "slow-tickets"}, "spec": {"pattern": "tickets"}},
	{"kind": "Pattern", "metadata": {"name": "okta-scim"}, "spec": {}},
]}

test_selectors_narrow_each_other if {
	waiver := _waiver({"apps": ["asana", "miro"], "vendor": "asana", "labels": {"wave": "2"}})
	waivers.selects(waiver, _app({"vendor": "asana", "labels": {"wave": "2"}}))
	not waivers.selects(waiver, _app({"vendor": "miro", "labels": {"wave": "2"}}))
	not waivers.selects(waiver, _app({"vendor": "asana"}))
	not waivers.selects(waiver, _app({"name": "figma", "vendor": "asana", "labels": {"wave": "2"}}))
}

test_no_selector_selects_nothing if {
	not waivers.selects(_waiver({}), _app({}))
	not waivers.selects(_waiver({"labels": {}}), _app({}))
	not waivers.selects(_waiver({"vendor": "asana"}), {"kind": "Team", "metadata": {"name": "t", "vendor": "asana"}})
}

test_a_waiver_by_selector_may_cover_unnamed_apps if {
	waivers.is_open(_waiver({"vendor": "asana"}))
	waivers.is_open(_waiver({"labels": {"wave": "2"}}))
	not waivers.is_open(_waiver({"apps": ["asana"], "vendor": "asana"}))
	not waivers.is_open(_waiver({}))
}
