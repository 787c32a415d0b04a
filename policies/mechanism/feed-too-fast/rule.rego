# METADATA
# title: Feed faster than the system imports
# description: Some systems import people from other systems at an interval that nobody can shorten. If the declared interval is shorter, SLAs seem to
#   hold, but are missed for every leaver.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: System
#   fix: Set `syncMinutes` of the feed to the interval at which the system imports, or longer. If the system now imports faster, declare the interval
#     in `spec.imports` of the System, and the documentation in `spec.source`.
#   controls:
#     nist-800-53: ["AC-2(3)", "PS-4a"]
#     nist-csf: ["PR.AA-01"]
#   params:
#     toleranceMinutes:
#       type: integer
#       default: 5
#       description: Number of minutes by which a declared interval may be shorter
#       unit: minutes
#       source: "a judgement: SLAs are in hours, and an import itself takes some minutes"
package policies.mechanism["feed-too-fast"]

import data.policies.lib.feeds
import data.policies.lib.systems

_in_use if not input.spec.status == "retired"

findings contains {"path": ["spec", "fedBy", at, "syncMinutes"], "message": message, "related": related} if {
	_in_use
	some at, feed in input.spec.fedBy
	some interval in systems.imports
	system := interval.system
	minutes := interval.syncMinutes
	systems.is_built_in(feed.system, system)
	minutes - feed.syncMinutes > data.leaver.params["mechanism/feed-too-fast"].toleranceMinutes
	message := sprintf("%s: `syncMinutes` of the feed from %s is %v, but the shortest interval of this import is %s", [
		input.metadata.name, feed.system, feed.syncMinutes, feeds.time_of(minutes),
	])
	related := array.concat(_own_interval(system, minutes), _built_in_interval(system, minutes))
}

_own_interval(system, minutes) := [{"kind": "System", "name": input.metadata.name, "path": ["spec", "imports", nth, "syncMinutes"], "message": "the interval"} |
	some nth, interval in input.spec.imports
	interval.system == system
	interval.syncMinutes == minutes
]

_built_in_interval(system, minutes) := [{"kind": "built-in System", "name": name, "path": ["spec", "imports", nth, "syncMinutes"], "message": message} |
	not input.spec.imports
	some name in systems.known
	some nth, interval in data.leaver.builtin.System[name].spec.imports
	interval.system == system
	interval.syncMinutes == minutes
	message := sprintf("the built-in interval (source: %s)", [systems.source(name)])
]
