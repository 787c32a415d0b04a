# METADATA
# title: Sign-in reactivates accounts of leavers
# description: A sign-in that reactivates a deactivated account undoes the deprovisioning. A leaver who can still sign in at the identity provider,
#   with a session or a second account, regains access to the app.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Switch off reactivation at sign-in (Okta inbound `deprovisioned` action `NONE`), test that a suspended user is refused, and set
#     `jit.reactivates` to `false` and `jit.refusesSuspended` to `true`.
#   controls:
#     nist-800-53: ["AC-2(3)", PS-4a]
#     pci-dss: ["8.2.5"]
#   params:
#     maxFactAgeDays:
#       type: integer
#       default: 3650
#       unit: days
#       minimum: 1
#       description: Maximum age of a vendor fact, in days
#       source: "none by default; two years in `strict`, since products change"
package policies.jit["reactivates-leavers"]

import data.policies.lib.apps
import data.policies.lib.sign_ons
import data.policies.lib.vendors
import data.policies.lib.ways

_days := data.leaver.params["jit/reactivates-leavers"].maxFactAgeDays

findings contains {"path": ["spec", "provisioning", "jit", "reactivates"], "message": message} if {
	apps.alive
	input.spec.provisioning.jit.reactivates == true
	message := sprintf("%s: a sign-in reactivates deactivated accounts", [input.metadata.name])
}

_declares_reactivation if is_boolean(input.spec.provisioning.jit.reactivates)

_declares_reactivation if is_boolean(input.spec.provisioning.jit.refusesSuspended)

findings contains {"path": ["spec", "provisioning", "jit", "reactivates"], "message": message, "related": related} if {
	apps.created_by_jit
	not _declares_reactivation
	some system in sign_ons.systems
	data.leaver.catalogue.System[system].spec.reactivatesAtSignIn == true
	message := sprintf("%s: %s reactivates deactivated accounts at sign-in, and `spec.provisioning.jit` does not declare otherwise", [
		input.metadata.name, system,
	])
	related := [{"kind": "System", "name": system, "path": ["spec", "reactivatesAtSignIn"], "message": "reactivates accounts at sign-in by default"}]
}

findings contains {"path": ["spec", "provisioning", "jit", "refusesSuspended"], "message": message} if {
	apps.alive
	input.spec.provisioning.jit.refusesSuspended == false
	not input.spec.provisioning.jit.reactivates == true
	message := sprintf("%s: a suspended user can still sign in", [input.metadata.name])
}

_suspended_in_product if {
	input.spec.lifecycle.deprovision.effect == "suspend"
	input.spec.lifecycle.deprovision.via in (ways.by_hand | ways.unattended)
	not _suspended_at_idp
}

# Somebody suspends the person in a System through which people sign in.
_suspended_at_idp if {
	system := input.spec.lifecycle.deprovision.system
	system in sign_ons.systems
}

_signs_in_elsewhere if count(sign_ons.federated) > 0

_signs_in_elsewhere if count(sign_ons.by_directory) > 0

# The finding is a warning, since an administrator may be able to block accounts in another way.
findings contains {"path": ["spec", "lifecycle", "deprovision", "via"], "message": message, "severity": "warning"} if {
	apps.alive
	not _declares_reactivation
	_suspended_in_product
	_signs_in_elsewhere
	fact := vendors.facts.reactivatesAtSignIn
	fact.value == true
	vendors.fresh(fact, _days)
	message := sprintf("%s: a sign-in to %s reactivates an account that somebody deactivated, unless `spec.provisioning.jit` declares otherwise (%s)", [
		input.metadata.name, vendors.vendor.title, vendors.cited(fact),
	])
}
