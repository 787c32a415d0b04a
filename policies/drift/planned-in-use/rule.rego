# METADATA
# title: Planned app that people already use
# description: Decisions about a planned app are not due yet, so hardly any rule applies to the app. If people already sign in to it,
#   nobody reviews or closes their accounts.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Remove the `status`, or set it to `live`, and declare what is missing. If nobody should use the app yet, take its people and groups
#     out of the application in the system.
#   controls:
#     nist-800-53: [CM-8a.1, AC-2a]
#     nist-csf: [ID.AM-08]
#   params:
#     maxPeople:
#       type: integer
#       default: 5
#       minimum: 0
#       unit: count
#       description: Maximum number of people who may try out a planned app
#       source: a judgement
package policies.drift["planned-in-use"]

import data.policies.lib.observed

findings contains {"path": ["spec", "status"], "message": message, "related": related} if {
	input.spec.status == "planned"
	some observation in observed.all
	observation.spec.status == "active"
	people := max([object.get(observation.spec, ["assigned", key], 0) | some key in ["people", "individuals"]])
	people > data.leaver.params["drift/planned-in-use"].maxPeople
	message := sprintf("%s: the app is planned, but %d people can use it %s", [
		input.metadata.name, people, observed.place(observation),
	])
	related := [observed.related(observation, ["assigned"], "observed here")]
}
