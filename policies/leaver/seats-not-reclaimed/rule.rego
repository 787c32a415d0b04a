# METADATA
# title: Paid seats of leavers are not reclaimed
# description: A seat that is not reclaimed costs money every month. A freed seat is also simple evidence that an account is closed.
# custom:
#   severity: info
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `via` or `owner` of `spec.lifecycle.reclaim`.
package policies.leaver["seats-not-reclaimed"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

# Ending the access also frees the seat.
_freed if input.spec.lifecycle.deprovision.effect in {"delete", "seat-only"}

findings contains {"path": ["spec", "lifecycle", "reclaim", "via"], "message": message} if {
	apps.alive
	input.spec.seats == "paid"
	input.spec.lifecycle
	not mechanisms.done("reclaim")
	not _freed
	message := sprintf("%s: seats are paid, but `reclaim` is not done", [input.metadata.name])
}
