package policies.lib.reviews_test

import data.policies.lib.reviews

test_privileged_roles_by_index if {
	roles := [{"name": "viewer"}, {"name": "admin", "privileged": true}, {"name": "editor", "privileged": false}]
	reviews.privileged == {1: roles[1]} with input as {"spec": {"roles": roles}}
	count(reviews.privileged) == 0 with input as {"spec": {"status": "retired", "roles": roles}}
	count(reviews.privileged) == 0 with input as {"spec": {}}
}

test_the_review_of_the_app_counts_if_it_covers_administrators if {
	when := {"everyDays": 90, "last": "2026-11-01"}
	reviews.of_admins == when with input as {"spec": {"lifecycle": {"review": object.union(when, {"covers": ["users", "admins"]})}}}
	reviews.of_admins == when with input as {"spec": {"lifecycle": {"review": object.union(when, {"owner": "security"})}}}
	reviews.of_admins == {} with input as {"spec": {"lifecycle": {"review": object.union(when, {"covers": ["users"]})}}}
	reviews.of_admins == {} with input as {"spec": {}}
}
