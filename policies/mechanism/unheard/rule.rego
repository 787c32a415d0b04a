# METADATA
# title: Job failures alert nobody
# description: "A job that stops leaves no trace in the application: all that is missing is the leavers. Unless somebody is told of a
#   failure, it is found by the next audit, or by the leaver. At tier 1 that is an error."
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Name who hears of failures in `alert` of the stage or of its block in `spec.provisioning`. For all
#     apps of the System that runs it, name them once in its `spec.alert`, or declare `alertsByDefault: true` if it tells its owner by itself."
#   controls:
#     nist-800-53: ["AC-2(4)", "CA-7"]
package policies.mechanism.unheard

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.ways

_heard(via, stage) if {
	input.spec.lifecycle[stage].alert
	input.spec.lifecycle[stage].via == via
}

_heard(via, _) if input.spec.provisioning[via].alert

_heard(_, stage) if ways.tells(mechanisms.system(stage))

_silent(via) := {stage | some stage in ways.doing[via]; not _heard(via, stage)}

default _severity := "warning"

_severity := "error" if apps.tier == 1

findings contains {"path": ["spec", "lifecycle", ways.shown(stages), "alert"], "message": message, "severity": _severity, "related": related} if {
	apps.alive
	some via in ways.unattended
	some stages in [_silent(via)]
	count(stages) > 0
	related := ways.runners(stages, "alertsByDefault", "it does not say that it tells anybody by itself")
	message := sprintf("%s: nobody is named who hears when `%s` fails at %s", [input.metadata.name, via, ways.listed(stages)])
}
