# METADATA
# title: Mechanism learns of leavers too late
# description: The mechanism runs at long intervals or waits on purpose, so it learns late that a person left. Or the mechanism uses the end of the
#   employment, which can be weeks after the last day of work. Access ends late, even if the SLA of the stage is short.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Shorten `syncMinutes`, `delayDays` or `everyDays` of the mechanism, or use a faster mechanism in `spec.lifecycle.deprovision.via`. If the
#     feed uses the termination date, enter the last day as that date or set `clock: notice`; if the feed is configured to use the last day, declare
#     `closesOn: lastDay` in `fedBy` of the System."
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
import data.policies.lib.mechanisms
import data.policies.lib.systems

_limit := data.leaver.params["leaver/notice-too-late"].maxHours

_via := input.spec.lifecycle.deprovision.via

# The minutes and the key of each wait.
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

_stage := input.spec.lifecycle.deprovision

_system := mechanisms.system("deprovision") if _stage.via in mechanisms.pushing

_facts := data.leaver.catalogue.System[_system].spec

# The Systems that report leavers to the System that closes accounts.
_sources contains _stage.signal.from if _stage.signal.via == "feed"

_sources contains feed.system if some feed in _facts.fedBy

_by_last_day(source) if {
	some feed in _facts.fedBy
	feed.system == source
	feed.closesOn == "lastDay"
}

findings contains {"path": ["spec", "lifecycle", "deprovision", "clock"], "message": message, "related": related} if {
	apps.alive
	_stage.clock == "lastDay"
	some source in _sources
	some nth, feed in _facts.imports
	feed.closesOn == "terminationDate"
	systems.is_built_in(source, feed.system)
	not _by_last_day(source)
	message := sprintf("%s: the time counts from the last day, but %s closes accounts on the termination date in %s", [
		input.metadata.name, _system, source,
	])
	related := [{"kind": "System", "name": _system, "path": ["spec", "imports", nth, "closesOn"], "message": "date that counts"}]
}
