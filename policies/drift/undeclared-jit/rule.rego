# METADATA
# title: Accounts are created at sign-in, and nobody declared that
# description: An account that a sign-in creates has no update, no removal and no review unless somebody is named for each. The declaration
#   does not even say that such accounts exist.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Declare the mode `jit` or `hybrid` and who owns every stage, or switch the creation at sign-in off in the system.
#   controls:
#     nist-800-53: [AC-2f, AC-2(1)]
#     iso-27001: [A.5.18, A.6.5]
package policies.drift["undeclared-jit"]

import data.policies.lib.apps
import data.policies.lib.observed

findings contains {"path": ["spec", "provisioning", "mode"], "message": message, "related": related} if {
	apps.alive
	not apps.created_by_jit
	some observation in observed.present
	observation.spec.jit.creates == true
	message := sprintf("%s: a sign-in creates accounts %s, but no JIT is declared", [input.metadata.name, observed.place(observation)])
	related := [observed.related(observation, ["jit", "creates"], "observed here")]
}
