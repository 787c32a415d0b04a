# METADATA
# title: SCIM that creates no accounts
# description: The app relies on SCIM to create accounts, but the vendor's SCIM service creates none. Nobody gets access, or accounts are
#   created by hand without a record.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Set `spec.lifecycle.create.via` to the mechanism that creates the accounts, such as `jit`, and use SCIM for the other stages."
#   controls:
#     nist-800-53: [AC-2f]
#     cis-v8: ["6.1"]
#   params:
#     maxFactAgeDays:
#       type: integer
#       default: 3650
#       unit: days
#       minimum: 1
#       description: Maximum age of a vendor fact, in days
#       source: "none by default; two years in `strict`, since products change"
package policies.scim["creates-nobody"]

import data.policies.lib.apps
import data.policies.lib.vendors

_days := data.leaver.params["scim/creates-nobody"].maxFactAgeDays

# The key that declares SCIM as the creator.
_path := ["spec", "lifecycle", "create", "via"] if input.spec.lifecycle.create.via == "scim"

_path := ["spec", "provisioning", "mode"] if {
	apps.mode == "scim"
	not input.spec.lifecycle.create.via
}

findings contains {"path": _path, "message": message} if {
	apps.alive
	fact := vendors.facts.creates
	fact.value == "no"
	vendors.read_by_a_person(fact)
	vendors.fresh(fact, _days)
	message := sprintf("%s: accounts are created by SCIM, but SCIM of %s creates none (%s)", [
		input.metadata.name, vendors.vendor.title, vendors.cited(fact),
	])
}
