# METADATA
# title: Job failures alert nobody
# description: A stopped job leaves no trace in the app, and accounts of leavers stay open. Without an alert, nobody notices this before the next
#   audit. At tier 1, the finding is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Set `alert` of the stage or of its block in `spec.provisioning`. For all apps of the System, set its `spec.alert` once, or
#     `alertsByDefault: true` if it alerts its owner by default."
#   controls:
#     nist-800-53: ["AC-2(4)", "CA-7"]
package policies.mechanism.unheard

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.ways

_has_alert(via, stage) if {
	input.spec.lifecycle[stage].alert
	input.spec.lifecycle[stage].via == via
}

_has_alert(via, _) if input.spec.provisioning[via].alert

_has_alert(_, stage) if ways.has_alert(mechanisms.system(stage))

_stages_without_alert(via) := {stage | some stage in ways.doing[via]; not _has_alert(via, stage)}

default _severity := "warning"

_severity := "error" if apps.tier == 1

findings contains {"path": ["spec", "lifecycle", ways.reporting_stage(stages), "alert"], "message": message, "severity": _severity, "related": related} if {
	apps.alive
	some via in ways.unattended
	some stages in [_stages_without_alert(via)]
	count(stages) > 0
	related := ways.runners(stages, "alertsByDefault", "does not alert by default")
	message := sprintf("%s: no `alert` is declared for failures of `%s` at %s", [input.metadata.name, via, ways.listed(stages)])
}
