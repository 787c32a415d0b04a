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

import data.policies.lib.suspension

_said if is_boolean(input.spec.provisioning.jit.refusesSuspended)

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

# What a push suspends is for `hybrid/untested-suspension`.
_suspends contains _how[via] if {
	not input.spec.status == "planned"
	some via in suspension.by
}

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
