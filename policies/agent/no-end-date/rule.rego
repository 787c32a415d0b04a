# METADATA
# title: Agent without an end date
# description: Many agents start as trials, and forgotten trials keep their access. An end date forces a decision on whether the agent is
#   still needed.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `expires` of the entry in `spec.nonHuman` to a date within the limit. The access must end on that day unless the sponsor renews
#     it.
#   controls:
#     nist-800-53: ["AC-2(3)(a)"]
#     owasp-nhi: [NHI1]
#   params:
#     maxDays:
#       type: integer
#       default: 365
#       description: Maximum time from today to the end date
#       unit: days
#       source: a judgement
package policies.agent["no-end-date"]

import data.policies.lib.counted
import data.policies.lib.credentials
import data.policies.lib.dates

_max := data.leaver.params["agent/no-end-date"].maxDays

_agents[at] := item if {
	some at, item in credentials.live
	item.kind == "agent"
}

findings contains {"path": ["spec", "nonHuman", at, "neverExpires"], "message": message} if {
	some at, item in _agents
	item.neverExpires == true
	message := sprintf("%s: the access of the agent `%s` never ends", [input.metadata.name, item.name])
}

findings contains {"path": ["spec", "nonHuman", at, "expires"], "message": message} if {
	some at, item in _agents
	not item.neverExpires == true
	not item.expires
	message := sprintf("%s: the access of the agent `%s` has no end date", [input.metadata.name, item.name])
}

findings contains {"path": ["spec", "nonHuman", at, "expires"], "message": message} if {
	some at, item in _agents
	not item.neverExpires == true
	left := dates.days_left(item.expires)
	left > _max
	message := sprintf("%s: the access of the agent `%s` ends only in %s (limit %s)", [
		input.metadata.name, item.name, counted.days(left), counted.days(_max),
	])
}
