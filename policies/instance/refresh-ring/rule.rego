# METADATA
# title: Instances that are refreshed from each other
# description: Every refresh needs a source. If instances are copied from each other in a ring, the declaration is wrong, and the origin of
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

# Instance → instances that it is refreshed from.
_sources := {name: {instance.refreshedFrom | some instance in instances.live; instance.name == name} | some name in instances.names}

# Each step doubles the distance: seven steps are enough for the maximum number of instances.
_doubled(reach) := {name: all |
	some name, near in reach
	all := near | {far | some next in near; some far in reach[next]}
}

_reachable := _doubled(_doubled(_doubled(_doubled(_doubled(_doubled(_doubled(_sources)))))))

# Instances that reach themselves, with all others in the ring.
_rings[name] := {other | some other in behind; name in _reachable[other]} if {
	some name, behind in _reachable
	name in behind
}

_ring_text(name, ring) := "itself" if ring == {name}

_ring_text(name, ring) := sprintf("itself, through `%s`", [concat("`, `", sort(ring - {name}))]) if count(ring) > 1

# One finding for each ring, at its first instance.
findings contains {"path": ["spec", "instances", at, "refreshedFrom"], "message": message, "related": related} if {
	some at, instance in instances.live
	some ring in [_rings[instance.name]]
	at == min({place | some place, other in instances.live; other.name in ring})
	message := sprintf("%s: the instance `%s` is refreshed from %s", [input.metadata.name, instance.name, _ring_text(instance.name, ring)])
	related := [other |
		some place, one in instances.live
		one.name in ring
		place != at
		other := {"kind": "App", "name": input.metadata.name, "path": ["spec", "instances", place, "refreshedFrom"], "message": "in the same ring"}
	]
}
