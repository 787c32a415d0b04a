# METADATA
# title: News of a leaver arrives too late
# description: Whoever or whatever closes accounts must first learn that somebody left. A mechanism that runs in long intervals, or waits on
#   purpose, carries the news late, whatever the deadline behind it says.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Shorten `syncMinutes`, `delayDays` or `everyDays` of the mechanism, or let something faster do `spec.lifecycle.deprovision`.
#   controls:
#     nist-800-53: [AC-2h.2, AC-2h.3, PS-4a, AC-2l]
#   params:
#     maxHours:
#       type: number
#       default: 0
#       description: Longest time until the mechanism knows; 0 means that there is no limit
#       unit: hours
#       source: none by default; FedRAMP revision 5, AC-2h, 8 hours for people who leave or are transferred
package policies.leaver["notice-too-late"]

import data.policies.lib.apps
import data.policies.lib.durations

_limit := data.leaver.params["leaver/notice-too-late"].maxHours

_via := input.spec.lifecycle.deprovision.via

# [minutes, key]: what the mechanism waits for before it looks again.
_waits contains [minutes, "syncMinutes"] if some minutes in [input.spec.provisioning[_via].syncMinutes]

_waits contains [days * 1440, "delayDays"] if some days in [input.spec.provisioning[_via].delayDays]

_waits contains [days * 1440, "everyDays"] if some days in [input.spec.provisioning[_via].everyDays]

findings contains {"path": ["spec", "provisioning", _via, key], "message": message} if {
	apps.alive
	_limit > 0
	total := sum([minutes | some [minutes, _] in _waits])
	total > _limit * 60
	some [most, key] in [max(_waits)]
	most > 0
	message := sprintf("%s: `%s` may learn of a leaver only after %s, limit is %v h", [
		input.metadata.name, _via, durations.minutes(total), _limit,
	])
}
