# METADATA
# title: Third-party access without a review
# description: Only a review finds third-party access that is no longer needed. No review is declared, or the declared review did not take place.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `reviewEveryDays` of the entry, or add `thirdPartyGrants` to `covers` of the app's review; review the access and set
#     `lastReview`.
#   controls:
#     iso-27001: [A.5.19]
#     owasp-nhi: [NHI3]
package policies.grant.unreviewed

import data.policies.lib.counted
import data.policies.lib.credentials
import data.policies.lib.dates

# The days of the last reviews. The review of the app counts if it covers grants.
_reviews(grant) := {day | some key, day in grant; key == "lastReview"} | {day |
	"thirdPartyGrants" in input.spec.lifecycle.review.covers
	some key, day in input.spec.lifecycle.review
	key == "last"
}

_covered if {
	"thirdPartyGrants" in input.spec.lifecycle.review.covers
	input.spec.lifecycle.review.everyDays
}

# `grant/no-end` reports a grant without an end.
findings contains {"path": ["spec", "thirdPartyGrants", at, "reviewEveryDays"], "message": message} if {
	some at, grant in credentials.grants
	grant.expires
	not grant.reviewEveryDays
	not _covered
	message := sprintf("%s: the access of `%s` has no review", [input.metadata.name, grant.name])
}

# The first review of the grant is not due yet.
_first_review_not_due(grant) if dates.days_since(grant.grantedOn) <= grant.reviewEveryDays

findings contains {"path": ["spec", "thirdPartyGrants", at, "lastReview"], "message": message} if {
	some at, grant in credentials.grants
	grant.reviewEveryDays
	count(_reviews(grant)) == 0
	not _first_review_not_due(grant)
	message := sprintf("%s: the access of `%s` is reviewed every %s, but no review is recorded", [
		input.metadata.name, grant.name, counted.days(grant.reviewEveryDays),
	])
}

findings contains {"path": ["spec", "thirdPartyGrants", at, "lastReview"], "message": message} if {
	some at, grant in credentials.grants
	grant.reviewEveryDays
	count(_reviews(grant)) > 0
	since := dates.days_since(max(_reviews(grant)))
	since > grant.reviewEveryDays
	message := sprintf("%s: the last review of the access of `%s` was %s ago (limit %s)", [
		input.metadata.name, grant.name, counted.days(since), counted.days(grant.reviewEveryDays),
	])
}
