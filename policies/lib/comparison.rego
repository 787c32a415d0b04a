package policies.lib.comparison

import data.policies.lib.apps
import data.policies.lib.ways

# People close accounts.
by_hand if {
	apps.has_accounts
	input.spec.lifecycle[ways.closing].via in {"ticket", "admin", "runbook", "vendor"}
}

# Days between two reviews of all users. Such a review notices an account that was forgotten.
review_days := input.spec.lifecycle.review.everyDays if _lists_users

_lists_users if "users" in input.spec.lifecycle.review.covers

_lists_users if not input.spec.lifecycle.review.covers
