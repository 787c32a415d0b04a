# METADATA
# title: Deletion that the system never sends
# description: Some identity providers never delete an account in the app. For example, Okta always sends `active=false`. A deletion that is
#   declared for such a system does not happen, and accounts of leavers stay in the app.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "If the app deletes accounts that are disabled, add `sends: disable` beside the effect. Otherwise, declare a job or a ticket in
#     `spec.lifecycle.remove`, and set `effect` to what the deactivation does."
#   controls:
#     nist-800-53: [AC-2f, PS-4]
package policies.scim["delete-never-sent"]

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.vendors

# [stage, key] of the deletions that a System should push.
_deletions contains ["remove", "via"] if input.spec.lifecycle.remove.via in mechanisms.pushing

_deletions contains ["deprovision", "effect"] if {
	input.spec.lifecycle.deprovision.effect == "delete"
	input.spec.lifecycle.deprovision.via in mechanisms.pushing
	not input.spec.lifecycle.deprovision.sends
	not _deletes_the_disabled
}

_deletions contains ["deprovision", "sends"] if {
	input.spec.lifecycle.deprovision.sends == "delete"
	input.spec.lifecycle.deprovision.via in mechanisms.pushing
}

# The product is documented to delete disabled accounts.
_deletes_the_disabled if {
	input.spec.lifecycle.deprovision.via == "scim"
	vendors.facts.deactivation.value == "delete"
}

findings contains {"path": ["spec", "lifecycle", stage, key], "message": message, "related": related} if {
	apps.alive
	some [stage, key] in _deletions
	some system in [mechanisms.system(stage)]
	data.leaver.catalogue.System[system].spec.deletes == false
	message := sprintf("%s: `%s` deletes accounts via `%s`, but %s never sends a deletion", [
		input.metadata.name, stage, input.spec.lifecycle[stage].via, system,
	])
	related := [{"kind": "System", "name": system, "path": ["spec", "deletes"], "message": "never deletes accounts"}]
}
