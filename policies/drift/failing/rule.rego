# METADATA
# title: Provisioning that fails
# description: The last run failed, or several in a row did. What people are promised of the lifecycle does not happen meanwhile.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Fix the error that the system names, and see to it that somebody hears of the next one (`alert`).
#   controls:
#     nist-800-53: [AC-2f, AC-2(1)]
#   params:
#     maxFailures:
#       type: integer
#       default: 3
#       minimum: 0
#       unit: count
#       description: Failed runs in a row that are borne.
#       source: guess
package policies.drift.failing

import data.policies.lib.apps
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
	apps.alive
	some observation in observed.present
	some what in [_failing(observation)]
	message := sprintf("%s: %s %s", [input.metadata.name, what, observed.place(observation)])
	related := [observed.related(observation, ["health", "state"], "observed here")]
}
