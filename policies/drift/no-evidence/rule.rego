# METADATA
# title: App that no observation proves
# description: A declaration that is compared with nothing is taken at its word. Whether accounts really come and go as it says nobody
#   knows.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Name the application in `spec.signOn.appId`, and let a nightly job observe its system (docs/observe.md).
#   controls:
#     nist-800-53: [AC-2j, CM-8a.3]
#   params:
#     required:
#       type: boolean
#       default: false
#       description: Whether every app needs an observation.
#       source: guess
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
	message := sprintf("%s: nothing is observed of the app in %s", [input.metadata.name, how.system])
}

findings contains {"path": array.concat(path, ["appId"]), "message": message} if {
	_needed
	some [path, how, _] in observed.applications
	not how.appId
	observed.complete(how.system)
	message := sprintf("%s: the app names no application of %s, which is observed", [input.metadata.name, how.system])
}
