# METADATA
# title: Paid seats of leavers
# description: A seat that nobody takes back costs money every month, and a freed seat is the cheapest proof that an account is
#   closed.
# custom:
#   severity: info
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Name the owner of `spec.lifecycle.reclaim`.
#   controls:
#     cis-v8: ["5.3"]
package policies.leaver["seats-not-reclaimed"]

import data.policies.lib.apps

findings contains {"path": ["spec", "lifecycle", "reclaim", "owner"], "message": message} if {
	apps.alive
	input.spec.seats == "paid"
	input.spec.lifecycle
	not apps.owned("reclaim")
	message := sprintf("%s: seats are paid for, and nobody takes them back", [input.metadata.name])
}
