# METADATA
# title: Failing provisioning
# description: The last run or several runs in a row failed. Meanwhile accounts are not created, changed or closed.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Fix the error that the system shows, and set an `alert` for the next failure.
#   controls:
#     nist-800-53: [AC-2f, AC-2(1)]
#   params:
#     maxFailures:
#       type: integer
#       default: 3
#       minimum: 0
#       unit: count
#       description: Maximum number of consecutive failed runs
#       source: a judgement
package policies.drift.failing

import data.policies.lib.observed

_max := data.leaver.params["drift/failing"].maxFailures

_failing(observation) := "the last run failed" if {
	observation.spec.health.state == "failing"
	not observation.spec.health.failures > _max
}

_failing(observation) := sprintf("%d runs in a row failed", [observation.spec.health.failures]) if {
	observation.spec.health.failures > _max
	observation.spec.health.state != "quarantined"
}

findings contains {"path": ["spec", "provisioning", "mode"], "message": message, "related": related} if {
	observed.compared
	some observation in observed.present
	some what in [_failing(observation)]
	message := sprintf("%s: %s %s", [input.metadata.name, what, observed.place(observation)])
	related := [observed.related(observation, ["health", "state"], "observed here")]
}
