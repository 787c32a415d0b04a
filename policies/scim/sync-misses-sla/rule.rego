# METADATA
# title: Mechanism slower than its SLA
# description: A leaver can wait for a whole interval of the mechanism, plus any delay, before the account is closed. If the SLA is shorter than this
#   time, the mechanism misses the SLA for some leavers.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Shorten `syncMinutes` or `delayDays` of the mechanism, use a faster mechanism in `spec.lifecycle.deprovision.via`, or raise `slaHours`
#     deliberately.
#   controls:
#     nist-800-53: ["AC-2(3)", PS-4a]
#     pci-dss: ["8.2.5"]
package policies.scim["sync-misses-sla"]

import data.policies.lib.apps
import data.policies.lib.counted
import data.policies.lib.durations
import data.policies.lib.mechanisms

_stage := input.spec.lifecycle.deprovision

_block := input.spec.provisioning[_stage.via]

_system := mechanisms.system("deprovision")

_facts := data.leaver.catalogue.System[_system].spec

_runs if _stage.via in mechanisms.pushing

_runs if _stage.via in {"script", "automation"}

# The app's value overrides that of its System.
_declares_interval if _block.syncMinutes >= 0

_declares_delay if _block.delayDays >= 0

# [minutes, kind of wait, key of the System or ""] of each wait.
_waits := array.concat(array.concat(_intervals, _delays), _lists)

_intervals := array.concat(
	[[minutes, "run", ""] | _runs; some minutes in [_block.syncMinutes]],
	[[minutes, "run", "syncMinutes"] | _runs; not _declares_interval; some minutes in [_facts.syncMinutes]],
)

_delays := array.concat(
	[[days * 1440, "delay", ""] | _runs; some days in [_block.delayDays]],
	[[days * 1440, "delay", "delayDays"] | _runs; not _declares_delay; some days in [_facts.delayDays]],
)

_lists := [[days * 1440, "list", ""] | _stage.via == "csv"; some days in [_block.everyDays]]

_text(minutes, "run", "") := sprintf("%s between two runs", [durations.minutes(minutes)])

_text(minutes, "run", "syncMinutes") := sprintf("%s between two runs of %s", [durations.minutes(minutes), _system])

_text(minutes, "delay", "") := sprintf("%s of delay", [counted.days(minutes / 1440)])

_text(minutes, "delay", "delayDays") := sprintf("%s of delay in %s", [counted.days(minutes / 1440), _system])

_text(minutes, "list", "") := sprintf("%s between two lists", [counted.days(minutes / 1440)])

_total := sum([minutes | some [minutes, _, _] in _waits])

_too_slow if _total > _stage.slaHours * 60

# An alert reports changes that the system could not make.
_has_alert if _stage.alert

_has_alert if _block.alert

# Retries may take longer than the SLA. They are rare, so they count only if no alert reports them.
findings contains {"path": ["spec", "lifecycle", "deprovision", "slaHours"], "message": message, "severity": "info", "related": related} if {
	apps.alive
	_runs
	not _has_alert
	not _too_slow
	some limit in [_stage.slaHours]
	hours := _facts.retryHours
	hours > limit
	message := sprintf("%s: `deprovision` may take %v h, but %s retries a refused change for up to %v h, and no `alert` is declared", [
		input.metadata.name, limit, _system, hours,
	])
	related := [{"kind": "System", "name": _system, "path": ["spec", "retryHours"], "message": "retries for this long"}]
}

findings contains {"path": ["spec", "lifecycle", "deprovision", "slaHours"], "message": message, "related": _related} if {
	apps.alive
	some limit in [_stage.slaHours]
	_too_slow
	sums := concat(" + ", [_text(minutes, what, key) | some [minutes, what, key] in sort(_waits); minutes > 0])
	message := sprintf("%s: `deprovision` may take %v h, but `%s` takes up to %s (%s)", [
		input.metadata.name, limit, _stage.via, durations.minutes(_total), sums,
	])
}

_related := [{"kind": "System", "name": _system, "path": ["spec", key], "message": "counted here"} |
	some [minutes, _, key] in _waits
	minutes > 0
	key != ""
]
