# METADATA
# title: Nobody knows whether a sign-in undoes what people closed
# description: A person or a script suspends the leaver, and the app still creates accounts at sign-in. Some products enable the account again, or
#   make a new one, for whoever still gets through the identity provider. Only a test tells.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Suspend a test account the way leavers are suspended, sign in with it, and declare `jit.refusesSuspended` with the result and
#     `testedOn` with the day.
#   controls:
#     nist-800-53: ["AC-2(3)", PS-4a, CA-2]
#     pci-dss: ["8.2.5"]
package policies.jit["untested-suspension"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

_by_hand := {"script", "csv", "ticket", "admin", "runbook", "vendor"}

_said if is_boolean(input.spec.provisioning.jit.refusesSuspended)

# `jit/reactivates-leavers` tells it already.
_told if input.spec.provisioning.jit.reactivates == true

_tested if input.spec.provisioning.jit.testedOn <= data.leaver.today

_how := {
	"script": "a script suspends",
	"csv": "an uploaded list suspends",
	"vendor": "the vendor suspends",
	"ticket": "people suspend",
	"admin": "people suspend",
	"runbook": "people suspend",
}

_suspends contains _how[via] if {
	apps.created_by_jit
	not input.spec.status == "planned"
	not mechanisms.contradicted
	some via in [input.spec.lifecycle.deprovision.via]
	via in _by_hand
	not _ended
	not _told
}

# Nothing is left that could come back, or nothing was suspended.
_ended if input.spec.lifecycle.deprovision.effect in {"delete", "seat-only"}

findings contains {"path": ["spec", "provisioning", "jit", "refusesSuspended"], "message": message} if {
	some how in _suspends
	not _said
	message := sprintf("%s: %s leavers, and nothing says that a sign-in does not bring them back", [input.metadata.name, how])
}

findings contains {"path": ["spec", "provisioning", "jit", "testedOn"], "message": message, "severity": "warning"} if {
	some how in _suspends
	input.spec.provisioning.jit.refusesSuspended == true
	not _tested
	message := sprintf("%s: %s leavers and a sign-in is declared to refuse them, but nobody has tested it", [input.metadata.name, how])
}
