# METADATA
# title: Access of another vendor whose review is overdue
# description: The team has said how often it looks whether the product of another vendor still needs its access, and has not looked.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Review the access and write the day in `lastReview`, or change `reviewEveryDays` knowingly.
#   controls:
#     iso-27001: [A.5.19]
#     owasp-nhi: [NHI3]
package policies.grant.unreviewed

import data.policies.lib.counted
import data.policies.lib.credentials
import data.policies.lib.dates

# The review of the app counts where it looks at grants.
_reviews(grant) := {day | some key, day in grant; key == "lastReview"} | {day |
	"thirdPartyGrants" in input.spec.lifecycle.review.covers
	some key, day in input.spec.lifecycle.review
	key == "last"
}

findings contains {"path": ["spec", "thirdPartyGrants", at, "lastReview"], "message": message} if {
	some at, grant in credentials.grants
	grant.reviewEveryDays
	count(_reviews(grant)) > 0
	since := dates.days_since(max(_reviews(grant)))
	since > grant.reviewEveryDays
	message := sprintf("%s: the last review of the access of `%s` was %s ago, limit is %s", [
		input.metadata.name, grant.name, counted.days(since), counted.days(grant.reviewEveryDays),
	])
}
