package policies.lib.hr_test

import data.policies.lib.hr

_systems := {"workday": {"spec": {"kind": "hr", "vendor": "workday"}}, "idp": {"spec": {"kind": "idp", "vendor": "okta"}}}

test_its_own_source_of_truth if {
	hr.is_hr_system with input as {"metadata": {"name": "people"}, "spec": {"sourceOfTruth": "people"}}
}

test_declared_as_a_system if {
	hr.is_hr_system with input as {"metadata": {"name": "workday"}, "spec": {}} with data.leaver.catalogue.System as _systems
}

test_the_product_of_the_source_of_truth if {
	app := {"metadata": {"name": "portal", "vendor": "Workday"}, "spec": {"sourceOfTruth": "workday"}}
	hr.is_hr_system with input as app with data.leaver.catalogue.System as _systems
}

test_another_app if {
	app := {"metadata": {"name": "wiki", "vendor": "okta"}, "spec": {"sourceOfTruth": "idp"}}
	not hr.is_hr_system with input as app with data.leaver.catalogue.System as _systems
}
