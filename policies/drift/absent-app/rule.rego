# METADATA
# title: Live app that is missing in the system
# description: The declared application does not exist in the system, or a plan removes it. The stages of the app have no effect, or people
#   lose access without a decision.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `spec.signOn.appId` to the id of the application in use, or set `status` of the app to `retired`. If a plan removes it by
#     mistake, change the plan.
#   controls:
#     nist-800-53: [CM-8a.1]
#     nist-csf: [ID.AM-08]
package policies.drift["absent-app"]

import data.policies.lib.observed

findings contains {"path": array.concat(path, ["appId"]), "message": message, "related": related} if {
	observed.live
	some [path, how, observation] in observed.gone
	message := sprintf("%s: the app is live, but there is no application `%s` %s", [
		input.metadata.name, how.appId, observed.place(observation),
	])
	related := [observed.related(observation, ["status"], "observed here")]
}

findings contains {"path": array.concat(path, ["appId"]), "message": message, "related": related} if {
	observed.live
	some [path, how, found] in observed.applications
	how.appId
	count(found) == 0
	some snapshot in [observed.complete(how.system)]
	message := sprintf("%s: the app is live, but %s has no application `%s` (%s)", [
		input.metadata.name, how.system, how.appId, snapshot.spec.takenOn,
	])
	related := [{"kind": "Snapshot", "name": snapshot.metadata.name, "path": ["spec", "complete"], "message": "the export is complete"}]
}
