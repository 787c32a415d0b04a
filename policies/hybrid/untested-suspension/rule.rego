# METADATA
# title: Nobody knows whether a sign-in undoes the suspension
# description: A push suspends the leaver, and the app still creates accounts at sign-in. Some products then enable the account again, or
#   make a new one, for whoever still gets through the identity provider. Only a test tells.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Suspend a test account by the push, sign in with it, and declare `jit.refusesSuspended` with the result and `testedOn` with the
#     day.
#   controls:
#     nist-800-53: ["AC-2(3)"]
package policies.hybrid["untested-suspension"]

import data.policies.lib.mechanisms
import data.policies.lib.suspension

_said if is_boolean(input.spec.provisioning.jit.refusesSuspended)

_tested if input.spec.provisioning.jit.testedOn <= data.leaver.today

# A push suspends. What others suspend is for `jit/untested-suspension`.
_suspends := suspension.by & mechanisms.pushing

findings contains {"path": ["spec", "provisioning", "jit", "refusesSuspended"], "message": message} if {
	some via in _suspends
	not _said
	message := sprintf("%s: `%s` suspends leavers, and nothing says that a sign-in does not bring them back", [input.metadata.name, via])
}

findings contains {"path": ["spec", "provisioning", "jit", "testedOn"], "message": message, "severity": "warning"} if {
	some via in _suspends
	input.spec.provisioning.jit.refusesSuspended == true
	not _tested
	message := sprintf("%s: a sign-in is declared to refuse people whom `%s` suspended, but nobody has tested it", [input.metadata.name, via])
}
