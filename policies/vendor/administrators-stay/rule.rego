# METADATA
# title: Administrators whom the push does not manage
# description: SCIM of this product does not close the accounts of administrators, or does not manage groups with administrative rights. The people
#   with the most rights keep these rights after they leave or change jobs.
# custom:
#   severity: warning
#   precision: medium
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Declare in `closedBy` of the privileged role who closes these accounts, and grant and withdraw the role in another way, such as
#     `grant: ticket`."
#   controls:
#     nist-800-53: [AC-2f, PS-4a, "AC-6(5)"]
#     soc2: [CC6.3]
#   params:
#     maxFactAgeDays:
#       type: integer
#       default: 3650
#       unit: days
#       minimum: 1
#       description: Maximum age of a vendor fact, in days
#       source: "none by default; two years in `strict`, since products change"
package policies.vendor["administrators-stay"]

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.vendors

_days := data.leaver.params["vendor/administrators-stay"].maxFactAgeDays

# Privileged roles whose accounts only the push closes.
_closed_only_by_push := [role.name |
	some role in input.spec.roles
	role.privileged == true
	object.get(role, ["closedBy", "via"], "none") == "none"
]

findings contains {"path": ["spec", "lifecycle", "deprovision", "via"], "message": message} if {
	apps.alive
	input.spec.lifecycle.deprovision.via == "scim"
	count(_closed_only_by_push) > 0
	fact := vendors.facts.administrators
	"accounts" in fact.value
	vendors.fresh(fact, _days)
	message := sprintf("%s: accounts with the role `%s` are closed by SCIM, but SCIM of %s does not close administrators (%s)", [
		input.metadata.name, concat("`, `", _closed_only_by_push), vendors.vendor.title, vendors.cited(fact),
	])
}

findings contains {"path": ["spec", "roles", at, "grant"], "message": message} if {
	apps.alive
	"scim" in mechanisms.used
	some at, role in input.spec.roles
	role.privileged == true
	role.grant in {"group", "scim"}
	fact := vendors.facts.administrators
	"groups" in fact.value
	vendors.fresh(fact, _days)
	message := sprintf("%s: a push grants and withdraws the role `%s`, but SCIM of %s does not manage groups with administrative rights (%s)", [
		input.metadata.name, role.name, vendors.vendor.title, vendors.cited(fact),
	])
}
