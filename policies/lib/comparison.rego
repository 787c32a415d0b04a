package policies.lib.comparison

import data.policies.lib.apps
import data.policies.lib.counted
import data.policies.lib.ways

_params := data.leaver.params["review/no-reconcile"]

# Why accounts that people close must be compared with the source of truth; at most one reason.
due_by_hand contains _why if {
	apps.has_accounts
	input.spec.lifecycle[ways.closing].via in {"ticket", "admin", "runbook", "vendor"}
}

_why := sprintf("the app has tier %d", [apps.tier]) if apps.tier <= _params.maxTierByHand

_why := "the app has restricted data" if {
	apps.tier > _params.maxTierByHand
	input.spec.dataClass == "restricted"
}

_why := sprintf("no review of all users takes place every %s", [counted.days(_params.maxReviewDays)]) if {
	apps.tier > _params.maxTierByHand
	not input.spec.dataClass == "restricted"
	not _reviewed
}

# Such a review notices an account that was forgotten.
_reviewed if {
	input.spec.lifecycle.review.everyDays <= _params.maxReviewDays
	_lists_users
}

_lists_users if "users" in input.spec.lifecycle.review.covers

_lists_users if not input.spec.lifecycle.review.covers
