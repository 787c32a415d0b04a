# METADATA
# title: Paid seats of leavers are not reclaimed
# description: A seat that is not reclaimed costs money every month. A freed seat is also simple evidence that an account is closed. The decision that
#   nobody reclaims seats (`via` is `none`) is only `info`.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `via` or `owner` of `spec.lifecycle.reclaim`.
#   params:
#     maxFactAgeDays:
#       type: integer
#       default: 3650
#       unit: days
#       minimum: 1
#       description: Maximum age of a vendor fact, in days
#       source: "none by default; two years in `strict`, since products change"
package policies.leaver["seats-not-reclaimed"]

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.vendors

_days := data.leaver.params["leaver/seats-not-reclaimed"].maxFactAgeDays

# `deprovision` also frees the seat.
_freed if input.spec.lifecycle.deprovision.effect in {"delete", "seat-only"}

# A missing stage is a warning, because nobody has decided. `via: none` is a decision.
default _severity := "warning"

_severity := "info" if _stage.via == "none"

findings contains {"path": ["spec", "lifecycle", "reclaim", "via"], "message": message, "severity": _severity} if {
	apps.alive
	input.spec.seats == "paid"
	input.spec.lifecycle
	not mechanisms.done("reclaim")
	not _freed
	message := sprintf("%s: seats are paid, but `reclaim` is not done", [input.metadata.name])
}

_stage := input.spec.lifecycle.reclaim

# The push sends only a deactivation, so the declared stage does not take place.
findings contains {"path": ["spec", "lifecycle", "reclaim", "via"], "message": message, "severity": "warning"} if {
	apps.alive
	input.spec.seats == "paid"
	_stage.via in mechanisms.pushing
	_stage.via == input.spec.lifecycle.deprovision.via
	input.spec.lifecycle.deprovision.effect == "suspend"
	fact := vendors.facts.seat
	fact.value == "kept"
	vendors.fresh(fact, _days)
	message := sprintf("%s: `reclaim` has `via: %s`, but a deactivated account keeps its seat in %s (%s)", [
		input.metadata.name, _stage.via, vendors.vendor.title, vendors.cited(fact),
	])
}
