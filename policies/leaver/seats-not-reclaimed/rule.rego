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
#   fix: Declare in `spec.lifecycle.reclaim` what frees the seat, or who does.
package policies.leaver["seats-not-reclaimed"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

# The end of access frees the seat with it.
_freed if input.spec.lifecycle.deprovision.effect in {"delete", "seat-only"}

findings contains {"path": ["spec", "lifecycle", "reclaim", "via"], "message": message} if {
	apps.alive
	input.spec.seats == "paid"
	input.spec.lifecycle
	not mechanisms.done("reclaim")
	not _freed
	message := sprintf("%s: seats are paid for, and nobody takes them back", [input.metadata.name])
}
