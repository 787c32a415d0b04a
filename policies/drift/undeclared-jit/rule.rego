# METADATA
# title: Undeclared creation of accounts at sign-in
# description: Accounts created at sign-in need an owner for update, removal and review. The declaration does not even mention such
#   accounts.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set the mode to `jit` or `hybrid` and declare the owner of every stage, or switch creation at sign-in off in the system.
#   controls:
#     nist-800-53: [AC-2f, AC-2(1)]
#     iso-27001: [A.5.18, A.6.5]
package policies.drift["undeclared-jit"]

import data.policies.lib.apps
import data.policies.lib.observed

findings contains {"path": ["spec", "provisioning", "mode"], "message": message, "related": related} if {
	observed.compared
	not apps.created_by_jit
	some observation in observed.present
	observation.spec.jit.creates == true
	message := sprintf("%s: a sign-in creates accounts %s, but no JIT is declared", [input.metadata.name, observed.place(observation)])
	related := [observed.related(observation, ["jit", "creates"], "observed here")]
}
