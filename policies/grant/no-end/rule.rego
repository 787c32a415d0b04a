# METADATA
# title: Third-party access without an end date or review
# description: A product was connected once, and its access has neither an end date nor a review. The access outlives the contract, the project and
#   the person who granted it. For full access, the finding is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Review the access regularly (`reviewEveryDays` and `lastReview`, or `thirdPartyGrants` in `covers` of the review), and set
#     `expires` if the app supports it."
#   controls:
#     iso-27001: [A.5.19]
#     nist-800-53: ["AC-2(3)(a)"]
#     owasp-nhi: [NHI3, NHI7]
package policies.grant["no-end"]

import data.policies.lib.credentials

_reviewed(grant) if grant.reviewEveryDays

_reviewed(_) if {
	"thirdPartyGrants" in input.spec.lifecycle.review.covers
	input.spec.lifecycle.review.everyDays
}

_has_full_access(grant) if {
	some scope in grant.scopes
	credentials.broad(scope)
}

_severity(grant) := "error" if _has_full_access(grant)

_severity(grant) := "warning" if not _has_full_access(grant)

findings contains {"path": ["spec", "thirdPartyGrants", at, "expires"], "message": message, "severity": severity} if {
	some at, grant in credentials.grants
	not grant.expires
	not _reviewed(grant)
	severity := _severity(grant)
	message := sprintf("%s: the access of `%s` has no end date and no review", [input.metadata.name, grant.name])
}
