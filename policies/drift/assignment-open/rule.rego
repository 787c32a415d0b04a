# METADATA
# title: Declared assignment is not required
# description: According to the declaration, only assigned people can sign in, but the system admits everyone. Removing an assignment ends no
#   access.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: 'Require the assignment in the system, or set `assignmentRequired: false` and end access in another way in `spec.lifecycle`.'
#   controls:
#     nist-800-53: [AC-2f, AC-6]
#     soc2: [CC6.3]
package policies.drift["assignment-open"]

import data.policies.lib.observed

findings contains {"path": array.concat(path, ["assignmentRequired"]), "message": message, "related": related} if {
	observed.compared
	some [path, how, observation] in observed.existing
	how.assignmentRequired == true
	observation.spec.signOn.assignmentRequired == false
	message := sprintf("%s: `assignmentRequired` is `true`, but no assignment is required %s", [input.metadata.name, observed.place(observation)])
	related := [observed.related(observation, ["signOn", "assignmentRequired"], "observed here")]
}
