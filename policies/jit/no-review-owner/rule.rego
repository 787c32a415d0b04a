# METADATA
# title: JIT app without a review owner
# description: If sign-in creates accounts and removals are not pushed, only the periodic access review finds accounts of leavers. Without a reviewer
#   and an interval, no review takes place.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `spec.lifecycle.review.owner` to the reviewing team and `everyDays` to the interval.
#   controls:
#     nist-800-53: [AC-2j, "AC-6(7)"]
#     iso-27001: [A.5.18]
#     pci-dss: ["7.2.4"]
#     soc2: [CC6.2/Reviews-Validity-of-Access-Credentials, CC6.3/Reviews-Access-Roles-and-Rules]
#     cis-v8: ["5.1", "6.8"]
package policies.jit["no-review-owner"]

import data.policies.lib.apps

findings contains {"path": ["spec", "lifecycle", "review", "owner"], "message": message} if {
	apps.created_by_jit
	not apps.owned("review")
	message := sprintf("%s: accounts are created at sign-in, but `review` has no owner", [input.metadata.name])
}

findings contains {"path": ["spec", "lifecycle", "review", "everyDays"], "message": message} if {
	apps.created_by_jit
	apps.owned("review")
	not input.spec.lifecycle.review.everyDays
	message := sprintf("%s: `review` has the owner `%s`, but no `everyDays`", [input.metadata.name, input.spec.lifecycle.review.owner])
}
