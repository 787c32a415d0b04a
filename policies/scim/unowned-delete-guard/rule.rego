# METADATA
# title: Delete guard without an approver or limit
# description: A guard against mass deletions stops each run above its threshold until a person approves the run. After a reorganisation, the guard
#   also stops the deactivation of real leavers, who keep their access until the approval.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: [App, System]
#   fix: Set in `deleteGuard` the number of accounts above which the guard stops a run (`threshold`), the team that decides (`approver`), and
#     the hours within which it decides (`slaHours`).
#   controls:
#     nist-800-53: [AC-2f]
package policies.scim["unowned-delete-guard"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

# [path, guard, mechanism] of each guard of a System, and of each incomplete guard of an app.
_guards contains [["spec", "provisioning", via, "deleteGuard"], guard, via] if {
	some via, block in object.filter(input.spec.provisioning, ["scim", "connector", "directory", "hr", "csv", "script", "automation"])
	count(object.filter(block.deleteGuard, _keys)) < count(_keys)
	guard := object.union(_inherited(via), block.deleteGuard)
}

_guards contains [["spec", "deleteGuard"], input.spec.deleteGuard, ""] if input.spec.deleteGuard

# The System's guard fills in keys that the app does not set.
_inherited(via) := object.union_n([guard |
	some system in sort(mechanisms.systems(via))
	some guard in [data.leaver.catalogue.System[system].spec.deleteGuard]
])

_places(via) := [{"kind": "System", "name": system, "path": ["spec", "deleteGuard"], "message": "the system's guard"} |
	some system in sort(mechanisms.systems(via))
	data.leaver.catalogue.System[system].spec.deleteGuard
]

_keys := {"threshold", "approver", "slaHours"}

_missing(guard) := _keys - object.keys(guard)

findings contains {"path": path, "message": message, "related": related} if {
	apps.alive
	some [path, guard, via] in _guards
	keys := _missing(guard)
	count(keys) > 0
	related := _places(via)
	message := sprintf("%s: the delete guard has no `%s`, so deprovisioning may be blocked for an unlimited time", [
		input.metadata.name, concat("` and no `", sort(keys)),
	])
}
