# METADATA
# title: Sign-in may undo a suspension
# description: A person or a script suspends leavers, and the app creates accounts at sign-in. At the next sign-in, some products reactivate the
#   account or create a new account. Only a test shows whether this product does so.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Suspend a test account in the same way as accounts of leavers, sign in with it, and set `jit.refusesSuspended` to the result and `testedOn`
#     to the day.
#   controls:
#     nist-800-53: ["AC-2(3)", PS-4a, CA-2]
#     pci-dss: ["8.2.5"]
package policies.jit["untested-suspension"]

import data.policies.lib.apps
import data.policies.lib.suspension

_declares_refusal if is_boolean(input.spec.provisioning.jit.refusesSuspended)

_tested if input.spec.provisioning.jit.testedOn <= data.leaver.today

_how := {
	"script": "a script suspends",
	"automation": "an automation suspends",
	"csv": "an uploaded list suspends",
	"vendor": "the vendor suspends",
	"ticket": "people suspend",
	"admin": "people suspend",
	"runbook": "people suspend",
}

# `hybrid/untested-suspension` checks pushed suspensions.
_suspends contains _how[via] if {
	apps.in_use
	some via in suspension.by
}

findings contains {"path": ["spec", "provisioning", "jit", "refusesSuspended"], "message": message} if {
	some how in _suspends
	not _declares_refusal
	message := sprintf("%s: %s leavers, but `refusesSuspended` does not declare whether a sign-in reactivates their accounts", [input.metadata.name, how])
}

findings contains {"path": ["spec", "provisioning", "jit", "testedOn"], "message": message, "severity": "warning"} if {
	some how in _suspends
	input.spec.provisioning.jit.refusesSuspended == true
	not _tested
	message := sprintf("%s: %s leavers and `refusesSuspended` is `true`, but no past test date is declared (`testedOn`)", [input.metadata.name, how])
}
