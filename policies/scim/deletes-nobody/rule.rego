# METADATA
# title: SCIM deletion that the product does not perform
# description: The app declares that SCIM deletes the account, but the vendor documents that a DELETE is refused, only suspends the account,
#   or only removes it from the organisation. The person's data stays.
# custom:
#   severity: warning
#   precision: medium
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Set `spec.lifecycle.remove` to the mechanism that deletes the account, for example a ticket, or declare that the account is kept."
#   controls:
#     nist-800-53: [AC-2f, PS-4a]
#     iso-27001: [A.8.10]
#   params:
#     maxFactAgeDays:
#       type: integer
#       default: 3650
#       unit: days
#       minimum: 1
#       description: Maximum age of a vendor fact, in days
#       source: "none by default; two years in `strict`, since products change"
package policies.scim["deletes-nobody"]

import data.policies.lib.apps
import data.policies.lib.vendors

_days := data.leaver.params["scim/deletes-nobody"].maxFactAgeDays

findings contains {"path": ["spec", "lifecycle", "remove", "via"], "message": message} if {
	apps.alive
	input.spec.lifecycle.remove.via == "scim"
	fact := vendors.facts.deletion
	not fact.value == "delete"
	not vendors.facts.deactivation.value == "delete"
	vendors.fresh(fact, _days)
	message := sprintf("%s: `remove` deletes accounts by SCIM, but a DELETE %s in %s (%s)", [
		input.metadata.name, vendors.effects[fact.value], vendors.vendor.title, vendors.cited(fact),
	])
}
