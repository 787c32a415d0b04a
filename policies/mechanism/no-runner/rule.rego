# METADATA
# title: Job without a system that runs it
# description: A script, an automation or an uploaded list works only as long as something runs it. If the runner is unknown, a failure of the runner
#   goes unnoticed, and accounts are no longer closed. At tier 1, the finding is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Declare the job runner or automation product as a System and name it in `system` of the stage or of `spec.provisioning.script` or
#     `.automation`. For a list, set `spec.provisioning.csv.runbook`.
#   controls:
#     nist-800-53: ["AC-2f", "AC-2h"]
#     cis-v8: ["6.1", "6.2"]
package policies.mechanism["no-runner"]

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.ways

# A System or a runbook is declared.
_runs(via, stage) if {
	mechanisms.system(stage)
	input.spec.lifecycle[stage].via == via
}

_runs(via, stage) if {
	input.spec.lifecycle[stage].runbook
	input.spec.lifecycle[stage].via == via
}

_runs(via, _) if input.spec.provisioning[via].runbook

_without_runner(via) := {stage | some stage in ways.by_program[via]; not _runs(via, stage)}

default _severity := "warning"

_severity := "error" if apps.tier == 1

_key := {"script": "system", "automation": "system", "csv": "runbook"}

findings contains {"path": ["spec", "lifecycle", ways.reporting_stage(stages), _key[via]], "message": message, "severity": _severity} if {
	apps.alive
	some via, _ in ways.by_program
	some stages in [_without_runner(via)]
	count(stages) > 0
	message := sprintf("%s: %s by `%s`, but neither `system` nor `runbook` is declared", [input.metadata.name, _done_text(stages), via])
}

_done_text(stages) := sprintf("%s is done", [ways.listed(stages)]) if count(stages) == 1

_done_text(stages) := sprintf("%s are done", [ways.listed(stages)]) if count(stages) > 1
