# METADATA
# title: SCIM token that belongs to a person
# description: The SCIM token of this product belongs to a person. When that person leaves, the token ends, and accounts are no longer
#   created or closed.
# custom:
#   severity: warning
#   precision: medium
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Create the token with a service user of the product, and set its owner in `spec.nonHuman`: `boundTo: team` or `boundTo:
#     organisation`."
#   controls:
#     nist-800-53: [IA-4, IA-9]
#     owasp-nhi: [NHI1]
#   params:
#     maxFactAgeDays:
#       type: integer
#       default: 3650
#       unit: days
#       minimum: 1
#       description: Maximum age of a vendor fact, in days
#       source: "none by default; two years in `strict`, since products change"
package policies.scim["token-of-a-person"]

import data.policies.lib.apps
import data.policies.lib.credentials
import data.policies.lib.mechanisms
import data.policies.lib.vendors

_days := data.leaver.params["scim/token-of-a-person"].maxFactAgeDays

# `credential/bound-to-person` reports the entry.
_reported_elsewhere if {
	some item in input.spec.nonHuman
	item.name == input.spec.provisioning.scim.credential
	credentials.personal(item)
}

# The token belongs to the organisation or a team.
_of_a_service if {
	some item in input.spec.nonHuman
	item.name == input.spec.provisioning.scim.credential
	item.boundTo in {"team", "organisation", "workload"}
}

# The token was created for a service user.
_of_a_service if {
	some item in input.spec.nonHuman
	item.name == input.spec.provisioning.scim.credential
	item.kind == "service-account"
}

_path := ["spec", "provisioning", "scim", "credential"] if input.spec.provisioning.scim.credential

_path := ["spec", "provisioning"] if not input.spec.provisioning.scim.credential

findings contains {"path": _path, "message": message} if {
	apps.alive
	"scim" in mechanisms.used
	not _of_a_service
	not _reported_elsewhere
	fact := vendors.facts.tokenOwner
	fact.value == "person"
	vendors.fresh(fact, _days)
	message := sprintf("%s: the SCIM token of %s belongs to a person and ends with that person (%s)", [
		input.metadata.name, vendors.vendor.title, vendors.cited(fact),
	])
}
