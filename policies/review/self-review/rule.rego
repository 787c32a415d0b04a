# METADATA
# title: People review their own access
# description: People seldom consider their own access unnecessary, so a review of their own access finds nothing.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Switch self-review off in the review tool (Okta: `self_review_disabled`), and set `selfReview: false`."
#   controls:
#     nist-800-53: [AC-5]
#     iso-27001: [A.5.3]
package policies.review["self-review"]

import data.policies.lib.apps

findings contains {"path": ["spec", "lifecycle", "review", "selfReview"], "message": message} if {
	apps.alive
	input.spec.lifecycle.review.selfReview == true
	message := sprintf("%s: reviewers decide on their own access (`selfReview`)", [input.metadata.name])
}
