# METADATA
# title: Retired app that is still active in the system
# description: A retired app is no longer reviewed, but people can still sign in to it.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Switch the application off in the system. Until then set `status` of the app to `retiring`.
#   controls:
#     nist-800-53: [AC-2f, PS-4b]
#     nist-csf: [ID.AM-08]
package policies.drift["retired-still-active"]

import data.policies.lib.observed

findings contains {"path": ["spec", "status"], "message": message, "related": related} if {
	input.spec.status == "retired"
	some observation in observed.all
	observation.spec.status == "active"
	message := sprintf("%s: the app is retired, but it is active %s%s", [input.metadata.name, observed.place(observation), _people(observation)])
	related := [observed.related(observation, ["status"], "observed here")]
}

_people(observation) := sprintf(", with %d people", [observation.spec.assigned.people]) if observation.spec.assigned.people > 0

_people(observation) := "" if not observation.spec.assigned.people > 0
