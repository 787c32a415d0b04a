# METADATA
# title: Instances that are refreshed from each other
# description: Every refresh needs a source. If instances are copied from each other in a cycle, the declaration is wrong, and the origin of
#   restored accounts is unknown.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Remove the wrong `refreshedFrom`.
#   controls:
#     nist-800-53: ["CM-8a.1", "IA-4"]
#     cis-v8: ["5.6"]
package policies.instance["refresh-ring"]

import data.policies.lib.instances

# The instances from which each instance is refreshed.
_sources := {name: {instance.refreshedFrom | some instance in instances.live; instance.name == name} | some name in instances.names}

# Doubles the length of the chains of refreshes that `reach` covers. Seven doublings are enough for the maximum number of instances.
_doubled(reach) := {name: all |
	some name, near in reach
	all := near | {far | some next in near; some far in reach[next]}
}

_reachable := _doubled(_doubled(_doubled(_doubled(_doubled(_doubled(_doubled(_sources)))))))

# For each instance in a cycle: all instances of the cycle.
_cycles[name] := {other | some other in behind; name in _reachable[other]} if {
	some name, behind in _reachable
	name in behind
}

_cycle_text(name, cycle) := "itself" if cycle == {name}

_cycle_text(name, cycle) := sprintf("itself, through `%s`", [concat("`, `", sort(cycle - {name}))]) if count(cycle) > 1

# One finding for each cycle, at its first instance.
findings contains {"path": ["spec", "instances", at, "refreshedFrom"], "message": message, "related": related} if {
	some at, instance in instances.live
	some cycle in [_cycles[instance.name]]
	at == min({place | some place, other in instances.live; other.name in cycle})
	message := sprintf("%s: the instance `%s` is refreshed from %s", [input.metadata.name, instance.name, _cycle_text(instance.name, cycle)])
	related := [other |
		some place, one in instances.live
		one.name in cycle
		place != at
		other := {"kind": "App", "name": input.metadata.name, "path": ["spec", "instances", place, "refreshedFrom"], "message": "in the same cycle"}
	]
}
