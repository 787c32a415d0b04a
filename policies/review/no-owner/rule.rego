# METADATA
# title: Nobody reviews the accounts
# description: The review is where forgotten accounts and piled-up rights are found. Where nobody owns it, it does not take place.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Name the reviewing team in `spec.lifecycle.review.owner`, and the interval in `everyDays`.
#   controls:
#     nist-800-53: [AC-2j, "AC-6(7)"]
#     pci-dss: ["7.2.4"]
#     cis-v8: ["5.1", "6.8"]
package policies.review["no-owner"]

import data.policies.lib.apps

findings contains {"path": ["spec", "lifecycle", "review", key], "message": message} if {
	apps.alive
	input.spec.lifecycle
	not apps.created_by_jit
	key := _missing
	message := sprintf("%s: the review of accounts has no `%s`", [input.metadata.name, key])
}

_missing := "owner" if not apps.owned("review")

_missing := "everyDays" if {
	apps.owned("review")
	not input.spec.lifecycle.review.everyDays
}
