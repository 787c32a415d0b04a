# METADATA
# title: Sign-in may undo a pushed suspension
# description: A push suspends leavers, and the app creates accounts at sign-in. Some products then reactivate the account or create a new
#   one. Only a test shows whether this product does so.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Suspend a test account by the push, sign in with it, and set `jit.refusesSuspended` to the result and `testedOn` to the day.
#   controls:
#     nist-800-53: ["AC-2(3)"]
package policies.hybrid["untested-suspension"]

import data.policies.lib.mechanisms
import data.policies.lib.suspension

_declares_refusal if is_boolean(input.spec.provisioning.jit.refusesSuspended)

_tested if input.spec.provisioning.jit.testedOn <= data.leaver.today

# `jit/untested-suspension` checks suspensions that are not pushed.
_suspends := suspension.by & mechanisms.pushing

findings contains {"path": ["spec", "provisioning", "jit", "refusesSuspended"], "message": message} if {
	some via in _suspends
	not _declares_refusal
	message := sprintf("%s: `%s` suspends leavers, but `refusesSuspended` does not declare whether a sign-in reactivates their accounts", [input.metadata.name, via])
}

findings contains {"path": ["spec", "provisioning", "jit", "testedOn"], "message": message, "severity": "warning"} if {
	some via in _suspends
	input.spec.provisioning.jit.refusesSuspended == true
	not _tested
	message := sprintf("%s: `refusesSuspended` is `true` for users that `%s` suspended, but no past test date is declared (`testedOn`)", [input.metadata.name, via])
}
