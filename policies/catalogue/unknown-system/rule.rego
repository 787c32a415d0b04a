# METADATA
# title: Unknown System
# description: The app relies on a system that is not declared. Nobody knows who runs the system or what it can do, and rules that need facts about it
#   do not apply.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Use the `metadata.name` of a System, or declare the missing one. Well-known systems are built in.
#   controls:
#     nist-800-53: [IA-4]
#     cis-v8: ["5.6"]
#     nist-csf: [PR.AA-01]
package policies.catalogue["unknown-system"]

import data.policies.lib.apps
import data.policies.lib.references
import data.policies.lib.words

_systems := {place.system | some place in references.systems}

_paths(system) := {place.path | some place in references.systems; place.system == system}

_in_use(system) if {
	data.leaver.catalogue.System[system]
	not data.leaver.catalogue.System[system].spec.status == "retired"
}

# The first System that has the name as an alias.
_aliased(system) := data.leaver.lookup.System.aliases[system].names[0]

_hint(system) := words.hint(system, words.alike(system, data.leaver.lookup.System.starts.names))

_fault(system) := concat("", ["is not a declared System", _hint(system)]) if {
	not data.leaver.catalogue.System[system]
	not _aliased(system)
}

_fault(system) := sprintf("is an alias of the System `%s`, not its name", [_aliased(system)]) if {
	not data.leaver.catalogue.System[system]
}

_fault(system) := "is a retired System" if data.leaver.catalogue.System[system].spec.status == "retired"

findings contains {"path": min(paths), "message": message, "related": related} if {
	apps.alive
	some system in _systems
	not _in_use(system)
	some fault in [_fault(system)]
	paths := _paths(system)
	message := sprintf("%s: `%s` %s (%s)", [input.metadata.name, system, fault, _places(paths)])
	related := array.concat(array.concat(_retired(system), _alias(system)), _others(paths))
}

_alias(system) := [{"kind": "System", "name": name, "path": ["metadata", "aliases", nth], "message": "the alias"} |
	name := _aliased(system)
	some nth in data.leaver.lookup.System.aliases[system].at[name]
]

_retired(system) := [{"kind": "System", "name": system, "path": ["spec", "status"], "message": "the system is retired"} |
	data.leaver.catalogue.System[system].spec.status == "retired"
]

_others(paths) := [other |
	some path in paths
	path != min(paths)
	other := {"kind": input.kind, "name": input.metadata.name, "path": path, "message": "also named here"}
]

_places(paths) := "named in 1 place" if count(paths) == 1

_places(paths) := sprintf("named in %d places", [count(paths)]) if count(paths) > 1
