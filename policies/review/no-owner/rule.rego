# METADATA
# title: Access review without an owner
# description: The access review finds forgotten accounts and accumulated rights. Without an owner or an interval, the review does not take place.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `spec.lifecycle.review.owner` to the reviewing team, `everyDays` to the interval, and `via` to the mechanism of the review.
#   controls:
#     nist-800-53: [AC-2j, "AC-6(7)"]
#     pci-dss: ["7.2.4"]
#     cis-v8: ["5.1", "6.8"]
package policies.review["no-owner"]

import data.policies.lib.apps

# The app declares its stages and has accounts to review.
_due if {
	apps.alive
	input.spec.lifecycle
	not apps.mode == "none"
}

findings contains {"path": ["spec", "lifecycle", "review", "owner"], "message": message} if {
	_due
	not apps.created_by_jit
	not apps.owned("review")
	message := sprintf("%s: `review` has no owner", [input.metadata.name])
}

findings contains {"path": ["spec", "lifecycle", "review", "everyDays"], "message": message} if {
	_due
	not apps.created_by_jit
	apps.owned("review")
	not input.spec.lifecycle.review.everyDays
	message := sprintf("%s: `review` has the owner `%s`, but no `everyDays`", [input.metadata.name, input.spec.lifecycle.review.owner])
}

findings contains {"path": ["spec", "lifecycle", "review", "via"], "message": message} if {
	_due
	apps.owned("review")
	input.spec.lifecycle.review.everyDays
	input.spec.lifecycle.review.via == "none"
	message := sprintf("%s: `review` has the owner `%s`, but its `via` is `none`", [
		input.metadata.name, input.spec.lifecycle.review.owner,
	])
}
