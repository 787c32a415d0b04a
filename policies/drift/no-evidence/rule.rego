# METADATA
# title: App without an observation
# description: No observation confirms the declaration, so it is unknown whether accounts are really created and closed as declared.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `spec.signOn.appId` to the id of the application, and observe its system in a nightly job (docs/observe.md).
#   controls:
#     nist-800-53: [AC-2j, CM-8a.3]
#   params:
#     required:
#       type: boolean
#       default: false
#       description: Whether every app needs an observation
#       source: a judgement
package policies.drift["no-evidence"]

import data.policies.lib.observed

_needed if {
	data.leaver.params["drift/no-evidence"].required == true
	observed.running
}

findings contains {"path": array.concat(path, ["appId"]), "message": message} if {
	_needed
	some [path, how, found] in observed.applications
	how.system
	count(found) == 0
	not observed.complete(how.system)
	message := sprintf("%s: there is no observation of the app in %s", [input.metadata.name, how.system])
}

findings contains {"path": array.concat(path, ["appId"]), "message": message} if {
	_needed
	some [path, how, _] in observed.applications
	not how.appId
	observed.complete(how.system)
	message := sprintf("%s: %s is observed, but the app has no `signOn.appId` for this system", [input.metadata.name, how.system])
}
