# METADATA
# title: Nobody tells those who close accounts
# description: People who close accounts by hand have to learn who leaves. If the only signal is a mail or a ticket that somebody writes,
#   it is missing in the week in which that person is on leave, and everything after it is in order while the account stays open. At tier
#   1 that is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Declare in `spec.lifecycle.deprovision.signal` what tells them: `from`, `via` and `owner`. For a mail or a ticket, name in
#     `missedBy` who notices that one was not sent, or compare the accounts with the source of truth (`spec.lifecycle.reconcile`)."
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

_told if _signal

# The ticketing system hears of leavers by itself.
_told if count(data.leaver.catalogue.System[mechanisms.system(_stage)].spec.fedBy) > 0

# Those who close accounts record who leaves.
_told if hr.itself

_compared if {
	mechanisms.done("reconcile")
	input.spec.lifecycle.reconcile.everyDays
}

# A comparison finds whom nobody told of. In the most critical apps that is too late.
_caught if {
	apps.tier > 2
	_compared
}

_path := ["spec", "lifecycle", "deprovision", "signal"]

default _severity := "warning"

_severity := "error" if apps.tier == 1

findings contains {"path": _path, "message": message, "severity": _severity, "related": related} if {
	apps.alive
	_how.via in ways.by_hand
	not _told
	not _caught
	related := ways.runners({_stage}, "fedBy", "nothing feeds it")
	message := sprintf("%s: people close the accounts (`%s`), and nothing tells them who leaves", [input.metadata.name, _how.via])
}

findings contains {"path": array.concat(_path, ["owner"]), "message": message, "severity": _severity} if {
	apps.alive
	_signal.via
	not _signal.owner
	message := sprintf("%s: a %s says who leaves, and nobody answers for it", [input.metadata.name, _signal.via])
}

findings contains {"path": array.concat(_path, ["via"]), "message": message, "severity": _severity} if {
	apps.alive
	_signal
	not _signal.via
	message := sprintf("%s: nothing says how the signal that somebody leaves arrives", [input.metadata.name])
}

findings contains {"path": array.concat(_path, ["missedBy"]), "message": message, "severity": _severity} if {
	apps.alive
	_signal.via in {"mail", "ticket"}
	not _signal.missedBy
	not _compared
	message := sprintf("%s: somebody writes a %s when a person leaves, and nobody notices one that was not written", [
		input.metadata.name, _signal.via,
	])
}

_late if _signal.everyHours >= 0

findings contains {"path": ["spec", "lifecycle", "deprovision", "clock"], "message": message, "severity": _severity} if {
	apps.alive
	input.spec.lifecycle.deprovision.clock == "notice"
	not _late
	message := sprintf("%s: the time starts when somebody is told, and nothing says how late that may be", [input.metadata.name])
}

_short if input.spec.lifecycle.deprovision.slaHours < 24

findings contains {"path": ["spec", "lifecycle", "deprovision", "timeZone"], "message": message, "severity": "info"} if {
	apps.alive
	input.spec.lifecycle.deprovision.clock == "lastDay"
	_short
	not input.spec.lifecycle.deprovision.timeZone
	message := sprintf("%s: the time starts at the end of the last day, and nothing says in which time zone", [input.metadata.name])
}
