# METADATA
# title: The app reviews itself
# description: Who administers an app and reviews its accounts as well confirms his own decisions. Separation of duties asks for
#   another pair of eyes.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Let another team review: security, or the owners of the data."
#   controls:
#     nist-800-53: [AC-5]
#     iso-27001: [A.5.3]
package policies.review["by-owner"]

import data.policies.lib.apps

findings contains {"path": ["spec", "lifecycle", "review", "owner"], "message": message} if {
	apps.alive
	some reviewer in [input.spec.lifecycle.review.owner]
	reviewer == input.metadata.owner
	apps.tier <= 2
	message := sprintf("%s: `%s` owns the app and reviews its accounts", [input.metadata.name, reviewer])
}

findings contains {"path": ["spec", "lifecycle", "review", "selfReview"], "message": message} if {
	apps.alive
	input.spec.lifecycle.review.selfReview == true
	message := sprintf("%s: people review their own access", [input.metadata.name])
}
