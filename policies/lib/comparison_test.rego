package policies.lib.comparison_test

import data.policies.lib.comparison

_app(deprovision, review) := {"spec": {"tier": 3, "provisioning": {"mode": "manual"}, "lifecycle": {
	"deprovision": deprovision, "review": review,
}}}

test_people_close_accounts if {
	comparison.by_hand with input as _app({"via": "ticket", "owner": "it-apps"}, {})
	not comparison.by_hand with input as _app({"via": "script", "owner": "it-apps"}, {})
	not comparison.by_hand with input as _app({"via": "none"}, {})
	not comparison.by_hand with input as object.union(_app({"via": "ticket", "owner": "it-apps"}, {}), {"spec": {"status": "planned"}})
}

test_only_a_review_of_all_users_counts if {
	comparison.review_days == 90 with input as _app({}, {"everyDays": 90})
	comparison.review_days == 90 with input as _app({}, {"everyDays": 90, "covers": ["users", "admins"]})
	not comparison.review_days with input as _app({}, {"everyDays": 90, "covers": ["admins"]})
	not comparison.review_days with input as _app({}, {"covers": ["users"]})
}
