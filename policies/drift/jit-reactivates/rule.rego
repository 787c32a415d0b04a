# METADATA
# title: Undeclared reactivation at sign-in
# description: A sign-in reopens an account that was closed for a leaver, often with its old roles.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: 'Switch reactivation at sign-in off in the system, or set `jit.reactivates: true`.'
#   controls:
#     nist-800-53: [AC-2f, PS-4b]
#     soc2: [CC6.2/Prevents-the-Use-of-Credentials-When-No-Longer-Valid]
package policies.drift["jit-reactivates"]

import data.policies.lib.observed

findings contains {"path": ["spec", "provisioning", "jit", "reactivates"], "message": message, "related": related} if {
	observed.compared
	some observation in observed.present
	observation.spec.jit.reactivates == true
	not input.spec.provisioning.jit.reactivates == true
	message := sprintf("%s: `jit.reactivates` is not `true`, but a sign-in reactivates accounts %s", [input.metadata.name, observed.place(observation)])
	related := [observed.related(observation, ["jit", "reactivates"], "observed here")]
}
