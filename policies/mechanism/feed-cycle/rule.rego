# METADATA
# title: Systems that feed each other in a cycle
# description: If the Systems in a cycle have no other feed, no change ever enters the cycle. In any case, the declared times of these feeds are
#   meaningless.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: System
#   fix: "Remove the wrong entry of `fedBy`, and name the System in which a change starts."
#   controls:
#     nist-800-53: ["IA-4", "CM-8a.1"]
#     cis-v8: ["5.6"]
package policies.mechanism["feed-cycle"]

import data.policies.lib.feeds

_in_use if not input.spec.status == "retired"

# Description of the cycle, from source to target.
_cycle_text(cycle) := concat(" → ", array.concat([input.metadata.name], [cycle[count(cycle) - back].to | some back in numbers.range(1, count(cycle))]))

findings contains {"path": ["spec", "fedBy", at, "system"], "message": message, "related": related} if {
	_in_use
	some cycle in feeds.cycles(input.metadata.name)
	at := cycle[0].at
	message := sprintf("%s: the System is fed by itself, in a cycle: %s", [input.metadata.name, _cycle_text(cycle)])
	related := feeds.places([hop | some nth, hop in cycle; nth > 0])
}
