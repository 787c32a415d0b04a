# METADATA
# title: Roles that SCIM does not support
# description: SCIM is declared to grant and withdraw roles or groups, but the product's SCIM service does not support them. A mover keeps
#   the old roles in the app.
# custom:
#   severity: warning
#   precision: medium
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Set `spec.lifecycle.entitle` to the mechanism that grants and withdraws the roles, for example a sign-in claim or a ticket."
#   controls:
#     nist-800-53: [AC-2f, PS-5c, AC-2l]
#     soc2: [CC6.3]
#   params:
#     maxFactAgeDays:
#       type: integer
#       default: 3650
#       unit: days
#       minimum: 1
#       description: Maximum age of a vendor fact, in days
#       source: "none by default; two years in `strict`, since products change"
package policies.scim["roles-not-carried"]

import data.policies.lib.apps
import data.policies.lib.vendors

_days := data.leaver.params["scim/roles-not-carried"].maxFactAgeDays

# [path, fact, noun]
_faults contains [["spec", "lifecycle", "entitle", "via"], vendors.facts.roles, "roles"] if {
	input.spec.lifecycle.entitle.via == "scim"
	vendors.facts.roles.value == "no"
	not _by_group
}

# SCIM sets the groups, and the product sets the roles of each group.
_by_group if {
	"groups" in input.spec.provisioning.scim.operations
	vendors.facts.groups.value in {"yes", "partly"}
}

_faults contains [["spec", "provisioning", "scim", "operations", index], vendors.facts.roles, "roles"] if {
	some index, "entitlements" in input.spec.provisioning.scim.operations
	vendors.facts.roles.value == "no"
}

_faults contains [["spec", "provisioning", "scim", "operations", index], vendors.facts.groups, "groups"] if {
	some index, "groups" in input.spec.provisioning.scim.operations
	vendors.facts.groups.value == "no"
}

findings contains {"path": path, "message": message} if {
	apps.alive
	some [path, fact, what] in _faults
	vendors.fresh(fact, _days)
	message := sprintf("%s: SCIM is declared to set %s, but SCIM of %s does not support that (%s)", [
		input.metadata.name, what, vendors.vendor.title, vendors.cited(fact),
	])
}
