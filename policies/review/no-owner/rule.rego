# METADATA
# title: Nobody reviews the accounts
# description: The access review is where forgotten accounts and piled-up rights are found. Where nobody owns it, or nothing says how
#   often it is held, it does not take place.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Name the reviewing team in `spec.lifecycle.review.owner`, the interval in `everyDays`, and how it is done in `via`.
#   controls:
#     nist-800-53: [AC-2j, "AC-6(7)"]
#     pci-dss: ["7.2.4"]
#     cis-v8: ["5.1", "6.8"]
package policies.review["no-owner"]

import data.policies.lib.apps

# Stages are decided and there are accounts to review.
_due if {
	apps.alive
	input.spec.lifecycle
	not apps.mode == "none"
}

findings contains {"path": ["spec", "lifecycle", "review", "owner"], "message": message} if {
	_due
	not apps.created_by_jit
	not apps.owned("review")
	message := sprintf("%s: nobody owns the review of accounts", [input.metadata.name])
}

findings contains {"path": ["spec", "lifecycle", "review", "everyDays"], "message": message} if {
	_due
	not apps.created_by_jit
	apps.owned("review")
	not input.spec.lifecycle.review.everyDays
	message := sprintf("%s: the review has an owner, `%s`, but no interval", [input.metadata.name, input.spec.lifecycle.review.owner])
}

findings contains {"path": ["spec", "lifecycle", "review", "via"], "message": message} if {
	_due
	apps.owned("review")
	input.spec.lifecycle.review.everyDays
	input.spec.lifecycle.review.via == "none"
	message := sprintf("%s: the review has an owner, `%s`, but its `via` is `none`", [
		input.metadata.name, input.spec.lifecycle.review.owner,
	])
}
