# METADATA
# title: SCIM that needs a certain plan
# description: The app is planned with SCIM, but the vendor offers SCIM only in some plans. A contract for a smaller plan would not include SCIM.
# custom:
#   severity: info
#   precision: medium
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Make sure that the contract includes the plan, and note that in `spec.provisioning.scim.notes`.
#   controls:
#     nist-800-53: ["AC-2(1)", SA-9]
#   params:
#     maxFactAgeDays:
#       type: integer
#       default: 3650
#       unit: days
#       minimum: 1
#       description: Maximum age of a vendor fact, in days
#       source: "none by default; two years in `strict`, since products change"
package policies.vendor["scim-plan"]

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.vendors

_days := data.leaver.params["vendor/scim-plan"].maxFactAgeDays

findings contains {"path": ["spec", "provisioning"], "message": message} if {
	input.spec.status == "planned"
	"scim" in mechanisms.used
	not input.spec.provisioning.scim.notes
	fact := vendors.facts.scimPlan
	vendors.fresh(fact, _days)
	message := sprintf("%s: SCIM of %s requires a certain plan: %s (%s)", [
		input.metadata.name, vendors.vendor.title, fact.value, vendors.cited(fact),
	])
}
