# METADATA
# title: Systems that feed each other in a ring
# description: "If each of several Systems learns of leavers from the next one, none of them is told by anybody: the change never enters
#   the ring. What is known of the times behind an app is worth nothing either."
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: System
#   fix: "Break the ring: remove the entry of `fedBy` that is not true, and name the System in which a change starts."
#   controls:
#     nist-800-53: ["IA-4", "CM-8a.1"]
#     cis-v8: ["5.6"]
package policies.mechanism["feed-cycle"]

import data.policies.lib.feeds

_in_use if not input.spec.status == "retired"

# The way back, in words: from where it comes to where it goes.
_words(ring) := concat(" → ", array.concat([input.metadata.name], [ring[count(ring) - back].to | some back in numbers.range(1, count(ring))]))

findings contains {"path": ["spec", "fedBy", at, "system"], "message": message, "related": related} if {
	_in_use
	some ring in feeds.rings(input.metadata.name)
	at := ring[0].at
	message := sprintf("%s: it is fed by itself, in a ring: %s", [input.metadata.name, _words(ring)])
	related := feeds.places([hop | some nth, hop in ring; nth > 0])
}
