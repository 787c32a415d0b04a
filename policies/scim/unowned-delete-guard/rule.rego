# METADATA
# title: Delete guard that nobody opens
# description: A guard against mass deletions stops everything above its threshold until a person allows it. After a reorganisation those
#   are real leavers, and they keep their access for as long as nobody feels responsible.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: [App, System]
#   fix: Declare in `deleteGuard` above how many accounts it stops (`threshold`), which team decides (`approver`) and within how many hours
#     (`slaHours`).
#   controls:
#     nist-800-53: [AC-2f]
package policies.scim["unowned-delete-guard"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

# [path, guard, mechanism] of every guard that is declared here.
_guards contains [["spec", "provisioning", via, "deleteGuard"], guard, via] if {
	some via, block in object.filter(input.spec.provisioning, ["scim", "connector", "directory", "hr", "csv", "script", "automation"])
	count(object.filter(block.deleteGuard, _keys)) < count(_keys)
	guard := object.union(_inherited(via), block.deleteGuard)
}

_guards contains [["spec", "deleteGuard"], input.spec.deleteGuard, ""] if input.spec.deleteGuard

# What the guard of the System says, where the app says nothing.
_inherited(via) := object.union_n([guard |
	some system in sort(mechanisms.systems(via))
	some guard in [data.leaver.catalogue.System[system].spec.deleteGuard]
])

_places(via) := [{"kind": "System", "name": system, "path": ["spec", "deleteGuard"], "message": "what the system says of its guard"} |
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
	message := sprintf("%s: the delete guard has no `%s`, so leavers may keep their access until somebody decides", [
		input.metadata.name, concat("` and no `", sort(keys)),
	])
}
