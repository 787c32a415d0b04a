# METADATA
# title: More apps than the system can provision
# description: Some editions of an identity provider push accounts to a few apps only. The apps above that number are declared as provisioned and
#   are not, and leavers keep their accounts there.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: catalogue
#   reads: [kind, metadata.name, spec.status, spec.signOn.system, spec.provisioning]
#   fix: Find out which apps are really provisioned and declare what closes accounts in the others, or buy the edition that covers all of
#     them and declare `maxApps` of the System.
#   controls:
#     nist-800-53: [AC-2f, PS-4a]
package policies.scim["too-many-apps"]

import data.policies.lib.apps

# [System, place, path] of every app to which a System pushes.
_pushed := sort([[system, at, path] |
	some at, declaration in input.declarations
	declaration.kind == "App"
	not _unused(declaration)
	some [system, path] in _systems(declaration)
])

# Where the apps of the next System begin.
_starts := [nth | some nth, [system, _, _] in _pushed; not _continues(nth, system)]

_ends := array.concat(array.slice(_starts, 1, count(_starts)), [count(_pushed)])

_continues(nth, system) if {
	nth > 0
	_pushed[nth - 1][0] == system
}

_unused(declaration) if declaration.spec.status in {"planned", "retired"}

_systems(declaration) := {[declaration.spec.signOn.system, ["spec", "provisioning", "mode"]] |
	apps.mode_of(declaration.spec.provisioning) in {"scim", "hybrid"}
} | {[block.system, ["spec", "provisioning", name, "system"]] |
	some name, block in object.filter(declaration.spec.provisioning, ["connector"])
	apps.mode_of(declaration.spec.provisioning) == name
}

findings contains {"declaration": at, "path": path, "message": message, "related": related} if {
	some nth, start in _starts
	system := _pushed[start][0]
	limit := data.leaver.catalogue.System[system].spec.maxApps
	number := _ends[nth] - start
	number > limit
	[_, at, path] := _pushed[start + limit]
	related := [{"kind": "System", "name": system, "path": ["spec", "maxApps"], "message": "so many at most"}]
	message := sprintf("%s: %d apps are provisioned by %s, which can do %d", [
		input.declarations[at].metadata.name, number, system, limit,
	])
}
