# METADATA
# title: Deprovisioning that the product blocks
# description: The product refuses to delete an account that still owns work. The push fails, and the leaver can sign in until the work is
#   transferred.
# custom:
#   severity: warning
#   precision: medium
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Declare in `spec.lifecycle.transfer` who takes over the work before the account is closed, and set an `alert` for failures."
#   controls:
#     nist-800-53: [PS-4e, PS-4a, AC-2l]
#   params:
#     maxFactAgeDays:
#       type: integer
#       default: 3650
#       unit: days
#       minimum: 1
#       description: Maximum age of a vendor fact, in days
#       source: "none by default; two years in `strict`, since products change"
package policies.vendor["deletion-blocked"]

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.vendors

_days := data.leaver.params["vendor/deletion-blocked"].maxFactAgeDays

_pushed if input.spec.lifecycle.deprovision.via in mechanisms.pushing

_pushed if input.spec.lifecycle.remove.via in mechanisms.pushing

findings contains {"path": ["spec", "lifecycle"], "message": message} if {
	apps.alive
	_pushed
	not mechanisms.done("transfer")
	fact := vendors.facts.deletionBlocked
	vendors.fresh(fact, _days)
	message := sprintf("%s: `transfer` is not declared, but in %s %s (%s)", [
		input.metadata.name, vendors.vendor.title, fact.value, vendors.cited(fact),
	])
}
