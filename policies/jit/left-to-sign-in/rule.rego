# METADATA
# title: Stage that sign-in cannot perform
# description: A sign-in creates an account and refreshes it later. It cannot deprovision, review or transfer anything, because the person
#   concerned no longer signs in.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Set `via` to the mechanism that performs the stage: `scim`, `connector`, `script`, `ticket`, `vendor` or `runbook`."
#   controls:
#     nist-800-53: ["AC-2(1)", AC-2l]
package policies.jit["left-to-sign-in"]

import data.policies.lib.apps

# Stages that a sign-in can perform.
_stages_of_sign_in := {"create", "update", "entitle"}

# Sessions that nothing ends are a warning, or an error at tier 1.
_severity("revokeSessions") := "warning" if apps.tier > 1

_severity("revokeSessions") := "error" if apps.tier == 1

_severity(stage) := "error" if stage != "revokeSessions"

findings contains {"path": ["spec", "lifecycle", stage, "via"], "message": message, "severity": _severity(stage)} if {
	apps.alive
	some stage, how in input.spec.lifecycle
	how.via == "jit"
	not stage in _stages_of_sign_in
	message := sprintf("%s: `%s` has `via: jit`, but a sign-in only creates and refreshes accounts", [input.metadata.name, stage])
}
