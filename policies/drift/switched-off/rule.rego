# METADATA
# title: Live app that is switched off in the system
# description: Nobody can sign in to an inactive application, but its accounts, tokens and reviews remain. Either the declaration is out of
#   date, or the owner does not know that the app was switched off.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Switch the application on in the system, or set `status` of the app to `retiring` or `retired`.
#   controls:
#     nist-800-53: [CM-8a.1, AC-2f]
package policies.drift["switched-off"]

import data.policies.lib.observed

findings contains {"path": ["spec", "status"], "message": message, "related": related} if {
	observed.live
	some observation in observed.all
	observation.spec.status == "inactive"
	message := sprintf("%s: the app is live, but it is switched off %s", [input.metadata.name, observed.place(observation)])
	related := [observed.related(observation, ["status"], "observed here")]
}
