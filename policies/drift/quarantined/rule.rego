# METADATA
# title: Provisioning in quarantine
# description: Provisioning in quarantine runs at most once a day, and is switched off after some weeks. Accounts of leavers stay open until the
#   error is fixed.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Fix the error that the system shows and restart provisioning; until then close accounts of leavers by hand.
#   controls:
#     nist-800-53: [AC-2f, AC-2(3), PS-4a]
package policies.drift.quarantined

import data.policies.lib.observed

_since(observation) := sprintf(" since %s", [substring(observation.spec.health.since, 0, 10)]) if observation.spec.health.since

_since(observation) := "" if not observation.spec.health.since

_reason(observation) := sprintf(" (%s)", [observation.spec.health.reason]) if observation.spec.health.reason

_reason(observation) := "" if not observation.spec.health.reason

findings contains {"path": ["spec", "provisioning", "mode"], "message": message, "related": related} if {
	observed.compared
	some observation in observed.present
	observation.spec.health.state == "quarantined"
	message := sprintf("%s: provisioning is in quarantine %s%s%s", [
		input.metadata.name, observed.place(observation), _since(observation), _reason(observation),
	])
	related := [observed.related(observation, ["health", "state"], "observed here")]
}
