# METADATA
# title: Stage left to the sign-in
# description: A sign-in can create an account, and at the next one refresh it. It cannot end, review or hand over anything, because the
#   person whom that concerns no longer signs in. The owner of such a stage must be another process than the login.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Name in `via` what does the stage: `scim`, `connector`, `script`, `ticket`, `vendor` or `runbook`."
#   controls:
#     nist-800-53: ["AC-2(1)", AC-2l]
package policies.jit["left-to-sign-in"]

import data.policies.lib.apps

# What a sign-in can do: make the account, and refresh it the next time.
_possible := {"create", "update", "entitle"}

findings contains {"path": ["spec", "lifecycle", stage, "via"], "message": message} if {
	apps.alive
	some stage, how in input.spec.lifecycle
	how.via == "jit"
	not stage in _possible
	message := sprintf("%s: `%s` is left to the sign-in, which only creates accounts and refreshes them", [input.metadata.name, stage])
}
