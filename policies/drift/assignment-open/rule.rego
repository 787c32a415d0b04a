# METADATA
# title: Everybody can sign in where an assignment is declared
# description: The declaration says that only those who are assigned can sign in. The system lets everybody in, so removing an assignment
#   ends nothing.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: 'Require the assignment in the system, or declare `assignmentRequired: false` and let `spec.lifecycle` end access in another way.'
#   controls:
#     nist-800-53: [AC-2f, AC-6]
#     soc2: [CC6.3]
package policies.drift["assignment-open"]

import data.policies.lib.apps
import data.policies.lib.observed

findings contains {"path": array.concat(path, ["assignmentRequired"]), "message": message, "related": related} if {
	apps.alive
	some [path, how, observation] in observed.shown
	how.assignmentRequired == true
	observation.spec.signOn.assignmentRequired == false
	message := sprintf("%s: only assigned people are to sign in, but everybody can %s", [input.metadata.name, observed.place(observation)])
	related := [observed.related(observation, ["signOn", "assignmentRequired"], "observed here")]
}
