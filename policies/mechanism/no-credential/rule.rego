# METADATA
# title: Job without a declared credential
# description: A program that closes accounts signs in to the app with a key, a client or somebody's session. An undeclared credential is not rotated,
#   and the program stops on the day the credential expires. At tier 1, the finding is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Declare the credential in `spec.nonHuman` and name it in `credential` of the stage or of its block in `spec.provisioning`, or
#     declare it once in `spec.runsAs` of the System.
#   controls:
#     nist-800-53: ["IA-5", "IA-4"]
#     cis-v8: ["5.5"]
#     owasp-nhi: ["NHI1"]
package policies.mechanism["no-credential"]

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.ways

_signs_in(via, stage) if {
	input.spec.lifecycle[stage].credential
	input.spec.lifecycle[stage].via == via
}

_signs_in(via, _) if input.spec.provisioning[via].credential

_signs_in(_, stage) if {
	kind := data.leaver.catalogue.System[mechanisms.system(stage)].spec.runsAs.kind
	kind != "per-app"
}

# A person uploads the list, following the runbook.
_signs_in("csv", _) if input.spec.provisioning.csv.runbook

_signs_in("csv", stage) if input.spec.lifecycle[stage].runbook

_without_credential(via) := {stage | some stage in ways.by_program[via]; not _signs_in(via, stage)}

default _severity := "warning"

_severity := "error" if apps.tier == 1

findings contains {"path": ["spec", "lifecycle", ways.reporting_stage(stages), "credential"], "message": message, "severity": _severity, "related": related} if {
	apps.alive
	some via, _ in ways.by_program
	some stages in [_without_credential(via)]
	count(stages) > 0
	related := ways.runners(stages, "runsAs", "has no `runsAs`")
	message := sprintf("%s: `%s` does %s without a declared `credential`", [input.metadata.name, via, ways.listed(stages)])
}

# The names of the credentials of this app, and the paths that name a credential.
_declared contains item.name if some item in input.spec.nonHuman

_references contains [["spec", "lifecycle", stage, "credential"], how.credential] if {
	some stage, how in input.spec.lifecycle
	how.credential
}

_references contains [["spec", "provisioning", via, "credential"], block.credential] if {
	some via, block in object.filter(input.spec.provisioning, ["csv", "script", "automation"])
	block.credential
}

findings contains {"path": path, "message": message, "severity": _severity} if {
	apps.alive
	some [path, credential] in _references
	count({credential} - _declared) == 1
	message := sprintf("%s: the credential `%s` is not in `spec.nonHuman`", [input.metadata.name, credential])
}
