# METADATA
# title: Sign-in brings leavers back
# description: A sign-in that enables a deactivated account undoes the deprovisioning. Whoever left and still gets through the identity
#   provider, by a session, a second account or a mistake, is in the app again.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Switch reactivation at sign-in off (Okta inbound `deprovisioned` action `NONE`), test that a suspended user is refused, and declare both.
#   controls:
#     nist-800-53: ["AC-2(3)", PS-4a]
#     pci-dss: ["8.2.5"]
package policies.jit["reactivates-leavers"]

import data.policies.lib.apps
import data.policies.lib.sign_ons

findings contains {"path": ["spec", "provisioning", "jit", "reactivates"], "message": message} if {
	apps.alive
	input.spec.provisioning.jit.reactivates == true
	message := sprintf("%s: a sign-in enables accounts that were deactivated", [input.metadata.name])
}

_said if is_boolean(input.spec.provisioning.jit.reactivates)

_said if is_boolean(input.spec.provisioning.jit.refusesSuspended)

findings contains {"path": ["spec", "provisioning", "jit", "reactivates"], "message": message, "related": related} if {
	apps.created_by_jit
	not _said
	some system in sign_ons.systems
	data.leaver.catalogue.System[system].spec.reactivatesAtSignIn == true
	message := sprintf("%s: %s enables deactivated accounts at sign-in, and nothing says that it is otherwise here", [
		input.metadata.name, system,
	])
	related := [{"kind": "System", "name": system, "path": ["spec", "reactivatesAtSignIn"], "message": "what it does unless told otherwise"}]
}

findings contains {"path": ["spec", "provisioning", "jit", "refusesSuspended"], "message": message} if {
	apps.alive
	input.spec.provisioning.jit.refusesSuspended == false
	not input.spec.provisioning.jit.reactivates == true
	message := sprintf("%s: a suspended person can still sign in", [input.metadata.name])
}
