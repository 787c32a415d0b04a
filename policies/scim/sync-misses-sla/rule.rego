# METADATA
# title: Mechanism slower than its SLA
# description: Provisioning that runs in intervals, or waits on purpose before it closes an account, cannot be faster than that. A promise
#   that the mechanism cannot keep is broken with every leaver, and nobody sees it, because the declaration says that all is well.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Shorten `syncMinutes` or `delayDays` of the mechanism, let something faster do `spec.lifecycle.deprovision`, or raise its
#     `slaHours` deliberately.
#   controls:
#     nist-800-53: ["AC-2(3)", PS-4a]
#     pci-dss: ["8.2.5"]
package policies.scim["sync-misses-sla"]

import data.policies.lib.apps
import data.policies.lib.durations
import data.policies.lib.mechanisms

_stage := input.spec.lifecycle.deprovision

_block := input.spec.provisioning[_stage.via]

_system := mechanisms.system("deprovision")

_facts := data.leaver.catalogue.System[_system].spec

_runs if _stage.via in mechanisms.pushing

_runs if _stage.via in {"script", "automation"}

# What the app says itself goes before what its System says.
_said if _block.syncMinutes >= 0

_said_delay if _block.delayDays >= 0

# [minutes, in words, key of the System or ""]: what a leaver waits for.
_waits contains [minutes, text, ""] if {
	_runs
	some minutes in [_block.syncMinutes]
	text := sprintf("%s between two runs", [durations.minutes(minutes)])
}

_waits contains [minutes, text, "syncMinutes"] if {
	_runs
	not _said
	some minutes in [_facts.syncMinutes]
	text := sprintf("%s between two runs of %s", [durations.minutes(minutes), _system])
}

_waits contains [days * 1440, text, ""] if {
	_runs
	some days in [_block.delayDays]
	text := sprintf("%s of delay", [durations.days(days)])
}

_waits contains [days * 1440, text, "delayDays"] if {
	_runs
	not _said_delay
	some days in [_facts.delayDays]
	text := sprintf("%s of delay in %s", [durations.days(days), _system])
}

_waits contains [days * 1440, text, ""] if {
	_stage.via == "csv"
	some days in [_block.everyDays]
	text := sprintf("%s between two lists", [durations.days(days)])
}

_total := sum([minutes | some [minutes, _, _] in _waits])

_too_slow if _total > _stage.slaHours * 60

# Somebody hears of a change that the system could not make.
_heard if _stage.alert

_heard if _block.alert

# What the system tries again may take longer than was promised. It is seldom, so it only counts where nobody would hear of it.
findings contains {"path": ["spec", "lifecycle", "deprovision", "slaHours"], "message": message, "severity": "info", "related": related} if {
	apps.alive
	_runs
	not _heard
	not _too_slow
	some limit in [_stage.slaHours]
	hours := _facts.retryHours
	hours > limit
	message := sprintf("%s: deprovision within %v h, but %s tries a change that is refused for up to %v h, and nobody hears of it", [
		input.metadata.name, limit, _system, hours,
	])
	related := [{"kind": "System", "name": _system, "path": ["spec", "retryHours"], "message": "tried for so long"}]
}

findings contains {"path": ["spec", "lifecycle", "deprovision", "slaHours"], "message": message, "related": _related} if {
	apps.alive
	some limit in [_stage.slaHours]
	_too_slow
	sums := concat(" + ", [text | some [minutes, text, _] in _waits; minutes > 0])
	message := sprintf("%s: deprovision within %v h, but `%s` takes up to %s (%s)", [
		input.metadata.name, limit, _stage.via, durations.minutes(_total), sums,
	])
}

_related := [{"kind": "System", "name": _system, "path": ["spec", key], "message": "counted here"} |
	some [minutes, _, key] in _waits
	minutes > 0
	key != ""
]
