# METADATA
# title: External people outside the domains that SCIM manages
# description: The product's SCIM service manages only people whose address is in a domain that the customer has verified. Contractors,
#   partners and guests with an address of their own company keep their accounts.
# custom:
#   severity: warning
#   precision: medium
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "If all external people have an address in such a domain, list their populations in `spec.provisioning.scim.populations`. Otherwise declare
#     in `spec.external.closedBy` what closes their accounts."
#   controls:
#     nist-800-53: [AC-2f, PS-4a]
#     soc2: [CC6.3]
#   params:
#     maxFactAgeDays:
#       type: integer
#       default: 3650
#       unit: days
#       minimum: 1
#       description: Maximum age of a vendor fact, in days
#       source: "none by default; two years in `strict`, since products change"
package policies.vendor["domains-unreached"]

import data.policies.lib.apps
import data.policies.lib.vendors

_days := data.leaver.params["vendor/domains-unreached"].maxFactAgeDays

_external := {population | some population in input.spec.populations} & {"contractors", "partners", "guests"}

_closed_otherwise if object.get(input.spec, ["external", "closedBy", "via"], "none") != "none"

findings contains {"path": ["spec", "lifecycle", "deprovision", "via"], "message": message} if {
	apps.alive
	input.spec.lifecycle.deprovision.via == "scim"
	count(_external) > 0
	not input.spec.provisioning.scim.populations
	not _closed_otherwise
	fact := vendors.facts.domains
	fact.value == "verified"
	vendors.fresh(fact, _days)
	message := sprintf("%s: SCIM closes the accounts of %s, but SCIM of %s manages only people whose address is in a verified domain (%s)", [
		input.metadata.name, concat(" and ", sort(_external)), vendors.vendor.title, vendors.cited(fact),
	])
}
