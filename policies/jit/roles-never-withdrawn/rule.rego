# METADATA
# title: Roles that sign-in grants but never withdraws
# description: "Sign-in only adds roles, or sets roles only when it creates the account. A person who leaves a group keeps the role in the
#   app forever. For a privileged role, the finding is an error."
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Set `roleSync: sync`, so that each sign-in replaces the roles of the person, or set `spec.lifecycle.entitle` to the mechanism that
#     withdraws roles: SCIM, a connector, a job or a ticket."
#   controls:
#     nist-800-53: [PS-5c, AC-2h, "AC-3(8)"]
#     soc2: [CC6.3]
#     cis-v8: ["6.2"]
#   params:
#     maxFactAgeDays:
#       type: integer
#       default: 3650
#       unit: days
#       minimum: 1
#       description: Maximum age of a vendor fact, in days
#       source: "none by default; two years in `strict`, since products change"
package policies.jit["roles-never-withdrawn"]

import data.policies.lib.apps
import data.policies.lib.vendors

_days := data.leaver.params["jit/roles-never-withdrawn"].maxFactAgeDays

_sync := input.spec.provisioning.jit.roleSync

# For each value of `roleSync`, the reason why a withdrawn role stays.
_sync_reason := {
	"none": "`entitle` has `via: jit`, but `roleSync` is `none`",
	"onCreate": "sign-in sets roles only when it creates the account",
	"assign": "sign-in only assigns roles",
	"append": "sign-in only adds roles",
}

# Sign-in is declared to change roles.
_reason := _sync_reason[_sync] if input.spec.lifecycle.entitle.via == "jit"

_reason := "sign-in sets roles, but `roleSync` does not declare whether it withdraws them" if {
	input.spec.lifecycle.entitle.via == "jit"
	not _sync
}

# Sign-in sets roles, and no other stage withdraws roles.
_reason := _sync_reason[_sync] if {
	_sync in {"onCreate", "assign", "append"}
	not input.spec.lifecycle.entitle.via
	not apps.owned("entitle")
	_signs_in
}

# A claim grants a role, but people withdraw roles only on request, and nobody opens a ticket when a person leaves a group.
_reason := sprintf("a claim grants `%s`, but %s", [concat("`, `", _claimed), _sync_reason[_sync]]) if {
	_sync in {"onCreate", "assign", "append"}
	input.spec.lifecycle.entitle.via in {"ticket", "admin", "runbook", "vendor"}
	count(_claimed) > 0
	_signs_in
}

# Roles that a sign-in grants, except the default role.
_claimed contains role.name if {
	some role in input.spec.roles
	role.grant in {"jit", "claim"}
	role.name != object.get(input.spec.provisioning.jit, "defaultRole", "")
}

_signs_in if apps.created_by_jit

_signs_in if input.spec.lifecycle.update.via == "jit"

_path := ["spec", "provisioning", "jit", "roleSync"] if _sync

_path := ["spec", "lifecycle", "entitle", "via"] if not _sync

# Privileged roles that a sign-in grants, or whose `grant` is not declared.
_privileged := [{"kind": "App", "name": input.metadata.name, "path": ["spec", "roles", at], "message": "a privileged role"} |
	some at, role in input.spec.roles
	role.privileged == true
	object.get(role, "grant", "jit") in {"jit", "claim", "default"}
]

_severity := "error" if count(_privileged) > 0

_severity := "warning" if count(_privileged) == 0

findings contains {"path": _path, "message": message, "severity": _severity, "related": _privileged} if {
	apps.alive
	reason := _reason
	message := sprintf("%s: %s, so a withdrawn role stays", [input.metadata.name, reason])
}

# The product is documented not to replace roles at each sign-in.
findings contains {"path": _path, "message": message, "severity": _severity, "related": _privileged} if {
	apps.alive
	_sync == "sync"
	fact := vendors.facts.jitRoles
	fact.value != "sync"
	vendors.fresh(fact, _days)
	message := sprintf("%s: `roleSync` is `sync`, but sign-in to %s never withdraws a role (%s)", [
		input.metadata.name, vendors.vendor.title, vendors.cited(fact),
	])
}
