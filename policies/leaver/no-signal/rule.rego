# METADATA
# title: People who close accounts are not told who leaves
# description: People who close accounts by hand must learn who leaves. If one person writes a mail or ticket for each leaver, no notice arrives while
#   that person is on leave, and accounts stay open. At tier 1, the finding is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Declare in `spec.lifecycle.deprovision.signal` how they learn of leavers: `from`, `via` and `owner`. For a mail or a ticket, set
#     `missedBy` to the team, mailbox or job that notices a missing notice, or compare the accounts with the source of truth at least every 7 days
#     (`spec.lifecycle.reconcile`; at tier 3 and 4 at any interval)."
#   controls:
#     nist-800-53: ["PS-4a", "AC-2h"]
#     iso-27001: ["A.6.5"]
#     cis-v8: ["6.2"]
package policies.leaver["no-signal"]

import data.policies.lib.apps
import data.policies.lib.hr
import data.policies.lib.mechanisms
import data.policies.lib.ways

_stage := ways.closing

_how := input.spec.lifecycle[_stage]

_signal := input.spec.lifecycle.deprovision.signal

_has_source if _signal

# A feed reports leavers to the ticketing system.
_has_source if count(data.leaver.catalogue.System[mechanisms.system(_stage)].spec.fedBy) > 0

# The people who close accounts also record who leaves.
_has_source if hr.is_hr_system

_compared if {
	mechanisms.done("reconcile")
	input.spec.lifecycle.reconcile.everyDays
}

# A comparison finds leavers without a signal, but too late for tier 1 and 2.
_found_by_comparison if {
	apps.tier > 2
	_compared
}

# Somebody notices a missing notice in time.
_noticed if _found_by_comparison

_noticed if {
	_compared
	input.spec.lifecycle.reconcile.everyDays <= 7
}

_path := ["spec", "lifecycle", "deprovision", "signal"]

default _severity := "warning"

_severity := "error" if apps.tier == 1

findings contains {"path": _path, "message": message, "severity": _severity, "related": related} if {
	apps.alive
	_how.via in ways.by_hand
	not _has_source
	not _found_by_comparison
	related := ways.runners({_stage}, "fedBy", "no feed is declared")
	message := sprintf("%s: people close the accounts (`%s`), but no `signal` tells them who leaves", [input.metadata.name, _how.via])
}

findings contains {"path": array.concat(_path, ["owner"]), "message": message, "severity": _severity} if {
	apps.alive
	_signal.via
	not _signal.owner
	message := sprintf("%s: leavers are announced by `%s`, but `signal` has no owner", [input.metadata.name, _signal.via])
}

findings contains {"path": array.concat(_path, ["via"]), "message": message, "severity": _severity} if {
	apps.alive
	_signal
	not _signal.via
	message := sprintf("%s: `signal` has no `via`, so it is unclear how the notice arrives", [input.metadata.name])
}

findings contains {"path": array.concat(_path, ["missedBy"]), "message": message, "severity": _severity} if {
	apps.alive
	_signal.via in {"mail", "ticket"}
	not _signal.missedBy
	not _noticed
	message := sprintf("%s: a person writes a %s for each leaver, but `missedBy` does not name who notices that one is missing", [
		input.metadata.name, _signal.via,
	])
}

_declares_interval if _signal.everyHours >= 0

findings contains {"path": ["spec", "lifecycle", "deprovision", "clock"], "message": message, "severity": _severity} if {
	apps.alive
	input.spec.lifecycle.deprovision.clock == "notice"
	not _declares_interval
	message := sprintf("%s: the SLA starts with the notice, but `signal.everyHours` does not limit how late the notice may be", [input.metadata.name])
}

_under_a_day if input.spec.lifecycle.deprovision.slaHours < 24

findings contains {"path": ["spec", "lifecycle", "deprovision", "timeZone"], "message": message, "severity": "info"} if {
	apps.alive
	input.spec.lifecycle.deprovision.clock == "lastDay"
	_under_a_day
	not input.spec.lifecycle.deprovision.timeZone
	message := sprintf("%s: the SLA starts at the end of the last day, but `timeZone` is not declared", [input.metadata.name])
}
