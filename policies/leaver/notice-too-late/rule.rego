# METADATA
# title: Mechanism learns of leavers too late
# description: The mechanism runs at long intervals, or waits on purpose, before it learns that a person left. Access ends late, even if the
#   SLA of the stage is short.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Shorten `syncMinutes`, `delayDays` or `everyDays` of the mechanism, or use a faster mechanism in `spec.lifecycle.deprovision.via`.
#   controls:
#     nist-800-53: [AC-2h.2, AC-2h.3, PS-4a, AC-2l]
#   params:
#     maxHours:
#       type: number
#       default: 0
#       description: Maximum time until the mechanism learns of a leaver; 0 means no limit
#       unit: hours
#       source: none by default; FedRAMP revision 5, AC-2h, 8 hours for people who leave or are transferred
package policies.leaver["notice-too-late"]

import data.policies.lib.apps
import data.policies.lib.durations

_limit := data.leaver.params["leaver/notice-too-late"].maxHours

_via := input.spec.lifecycle.deprovision.via

# [minutes, key] of each wait of the mechanism.
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
	message := sprintf("%s: `%s` may learn of a leaver only after %s (limit %v h)", [
		input.metadata.name, _via, durations.minutes(total), _limit,
	])
}
