# METADATA
# title: Push that covers only part of the product
# description: A push reaches only one workspace, organisation or node of this product. Leavers keep their accounts in the other parts unless each
#   part has its own push.
# custom:
#   severity: info
#   precision: low
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Declare an App for each workspace, or list them in the notes of `spec.provisioning.scim`."
#   controls:
#     nist-800-53: [CM-8a.1, AC-2l]
#   params:
#     maxFactAgeDays:
#       type: integer
#       default: 3650
#       unit: days
#       minimum: 1
#       description: Maximum age of a vendor fact, in days
#       source: "none by default; two years in `strict`, since products change"
package policies.vendor["half-covered"]

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.vendors

_days := data.leaver.params["vendor/half-covered"].maxFactAgeDays

findings contains {"path": ["spec", "provisioning"], "message": message} if {
	apps.alive
	"scim" in mechanisms.used
	not input.spec.provisioning.scim.notes
	fact := vendors.facts.subWorkspaces
	fact.value == "separate"
	vendors.fresh(fact, _days)
	message := sprintf("%s: one push does not cover all of %s%s (%s)", [
		input.metadata.name, vendors.vendor.title, _note(fact), vendors.cited(fact),
	])
}

_note(fact) := sprintf(": %s", [fact.note]) if fact.note

_note(fact) := "" if not fact.note
