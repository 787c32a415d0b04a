# METADATA
# title: Feed from an unknown System
# description: The feed comes from a System that is not declared or is retired, so the delay of that System is unknown. Every SLA that depends on the
#   feed may be wrong.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: System
#   fix: Set `fedBy` to declared Systems by `metadata.name`, and `syncMinutes` to the import interval, 0 if changes arrive immediately.
#   controls:
#     nist-800-53: ["IA-4", "CM-8a.1"]
#     cis-v8: ["5.6"]
#     nist-csf: ["PR.AA-01"]
package policies.mechanism["unknown-feed"]

import data.policies.lib.words

_in_use if not input.spec.status == "retired"

_systems := data.leaver.catalogue.System

# The first System that has the name as an alias.
_aliased(name) := data.leaver.lookup.System.aliases[name].names[0]

_near(name) := words.nearest(name, words.alike(name, data.leaver.lookup.System.starts.names))

_fault(name) := sprintf("is an alias of the System `%s`, not its name", [_aliased(name)]) if {
	not _systems[name]
}

_fault(name) := sprintf("is not a declared System; did you mean `%s`?", [near]) if {
	not _systems[name]
	not _aliased(name)
	near := _near(name)
}

_fault(name) := "is not a declared System" if {
	not _systems[name]
	not _aliased(name)
	not _near(name)
}

_fault(name) := "is a retired System" if _systems[name].spec.status == "retired"

_retired(name) := [{"kind": "System", "name": name, "path": ["spec", "status"], "message": "the system is retired"} |
	_systems[name].spec.status == "retired"
]

findings contains {"path": ["spec", "fedBy", at, "system"], "message": message, "related": related} if {
	_in_use
	some at, feed in input.spec.fedBy
	related := _retired(feed.system)
	message := sprintf("%s: the System is fed by `%s`, which %s", [input.metadata.name, feed.system, _fault(feed.system)])
}
