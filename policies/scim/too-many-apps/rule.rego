# METADATA
# title: More apps than the system can provision
# description: Some editions of an identity provider push accounts to a limited number of apps. Apps above the limit are declared as
#   provisioned but are not, so leavers keep their accounts.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: catalogue
#   reads: [kind, metadata.name, spec.status, spec.signOn, spec.provisioning.*.system, spec.populations]
#   fix: Find out which apps are provisioned and declare what closes accounts in the others, or buy the edition that covers all of them and
#     set `maxApps` of the System.
#   controls:
#     nist-800-53: [AC-2f, PS-4a]
package policies.scim["too-many-apps"]

import data.policies.lib.apps
import data.policies.lib.populations
import data.policies.lib.sign_ons

# [System, index of the declaration, path] of every app to which a System pushes.
_pushed := sort([[system, at, path] |
	some at, declaration in input.declarations
	declaration.kind == "App"
	not _unused(declaration)
	ways := _ways(declaration)
	some system in {way[0] | some [_, way] in ways}
	[_, path] := min({[order, way[1]] | some [order, way] in ways; way[0] == system})
])

# Indexes at which the next System begins.
_start_indexes := [nth | some nth, [system, _, _] in _pushed; not _has_same_system_as_previous(nth, system)]

_end_indexes := array.concat(array.slice(_start_indexes, 1, count(_start_indexes)), [count(_pushed)])

_has_same_system_as_previous(nth, system) if {
	nth > 0
	_pushed[nth - 1][0] == system
}

_unused(declaration) if declaration.spec.status in {"planned", "retired"}

# The app's own provisioning, then that of populations, which inherit missing keys from the app.
_ways(app) := array.concat(
	[[0, way] | some way in _systems(app.spec, "", ["spec"])],
	[[nth + 1, way] |
		some [nth, population] in populations.of(app)
		some way in _systems(object.union(app.spec, population), population.name, ["spec", "populations", nth])
	],
)

# [System, path] of each push. The System of SCIM is that of the first sign-on.
_systems(spec, population, at) := {[system, array.concat(at, ["provisioning", "mode"])] |
	apps.mode_of(spec.provisioning) in {"scim", "hybrid"}
	some [_, how] in array.slice(sign_ons.serving(spec, population), 0, 1)
	some system in [how.system]
} | {[block.system, array.concat(at, ["provisioning", name, "system"])] |
	some name, block in object.filter(spec.provisioning, ["connector"])
	apps.mode_of(spec.provisioning) == name
}

findings contains {"declaration": at, "path": path, "message": message, "related": related} if {
	some nth, start in _start_indexes
	system := _pushed[start][0]
	limit := data.leaver.catalogue.System[system].spec.maxApps
	number := _end_indexes[nth] - start
	number > limit
	[_, at, path] := _pushed[start + limit]
	related := [{"kind": "System", "name": system, "path": ["spec", "maxApps"], "message": "maximum number of apps"}]
	message := sprintf("%s: %d apps are provisioned by %s, which supports %d", [
		input.declarations[at].metadata.name, number, system, limit,
	])
}
