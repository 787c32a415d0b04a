package policies.lib.vendors_test

import data.policies.lib.vendors

_known := {
	"box": {"title": "Box", "facts": {"scim": {"value": "offered", "source": "https://a.example", "asOf": "2026"}}},
	"box.com": {"is": "box"},
}

test_a_name_identifies_its_product if {
	vendors.vendor.title == "Box" with input as {"metadata": {"vendor": "BOX"}} with data.leaver.vendors as _known
}

test_an_alias_identifies_the_same_product if {
	vendors.facts.scim.value == "offered" with input as {"metadata": {"vendor": "Box.com"}} with data.leaver.vendors as _known
}

test_an_unknown_name_identifies_no_product if {
	not vendors.vendor with input as {"metadata": {"vendor": "a-box"}} with data.leaver.vendors as _known
}

test_a_year_counts_to_its_end if {
	vendors.fresh({"asOf": "2024"}, 700) with data.leaver.today as "2026-11-25"
	not vendors.fresh({"asOf": "2024"}, 600) with data.leaver.today as "2026-11-25"
}

test_a_month_and_a_day_have_an_age if {
	vendors.fresh({"asOf": "2026-10"}, 30) with data.leaver.today as "2026-11-25"
	not vendors.fresh({"asOf": "2026-10-01"}, 30) with data.leaver.today as "2026-11-25"
}

test_a_users_own_fact_is_trusted if {
	vendors.read_by_a_person({"value": "offered"})
	vendors.read_by_a_person({"value": "offered", "quality": "high"})
	not vendors.read_by_a_person({"value": "offered", "quality": "medium"})
}
