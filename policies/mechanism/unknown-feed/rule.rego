# METADATA
# title: Feed from an unknown System
# description: A System that is fed by something which no System declares, or that is retired, is fed by a name only. An import without an
#   interval hides how late the leavers are. Every promised time behind it is then worth nothing.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: System
#   fix: Name in `fedBy` a declared System by its `metadata.name`, and in `syncMinutes` how often it is imported, 0 if changes arrive as
#     they happen.
#   controls:
#     nist-800-53: ["IA-4", "CM-8a.1"]
#     cis-v8: ["5.6"]
#     nist-csf: ["PR.AA-01"]
package policies.mechanism["unknown-feed"]

import data.policies.lib.words

_in_use if not input.spec.status == "retired"

_systems := data.leaver.catalogue.System

# The first of the Systems that have the name as an alias.
_aliased(name) := data.leaver.lookup.System.aliases[name].names[0]

_near(name) := words.nearest(name, words.alike(name, data.leaver.lookup.System.starts.names))

_fault(name) := sprintf("is only another name of the System `%s`", [_aliased(name)]) if {
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

_fault(name) := "is a System that is retired" if _systems[name].spec.status == "retired"

_retired(name) := [{"kind": "System", "name": name, "path": ["spec", "status"], "message": "the system is retired"} |
	_systems[name].spec.status == "retired"
]

findings contains {"path": ["spec", "fedBy", at, "system"], "message": message, "related": related} if {
	_in_use
	some at, feed in input.spec.fedBy
	related := _retired(feed.system)
	message := sprintf("%s: it is fed by `%s`, which %s", [input.metadata.name, feed.system, _fault(feed.system)])
}
