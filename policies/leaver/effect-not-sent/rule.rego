# METADATA
# title: Declared deletion that is only a deactivation
# description: The declared effect is a deletion, but the mechanism sends a deactivation. Nothing declares that the app deletes a deactivated account.
#   Usually, the account stays inactive and keeps its data, and often its seat.
# custom:
#   severity: warning
#   precision: medium
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Look up what the app does with a deactivation. If it deletes the account, add `sends: disable` beside `effect: delete`. If not,
#     set `effect: suspend` and declare in `spec.lifecycle.remove` what deletes the account."
#   controls:
#     nist-800-53: [AC-2f, PS-4a, AC-2l]
package policies.leaver["effect-not-sent"]

import data.policies.lib.apps
import data.policies.lib.ending
import data.policies.lib.mechanisms
import data.policies.lib.vendors

_stage := input.spec.lifecycle.deprovision

_system := mechanisms.system("deprovision")

_facts := data.leaver.catalogue.System[_system].spec

# The sender of the deactivation, and the related place.
_fault := [_system, [{"kind": "System", "name": _system, "path": ["spec", "onUnassign"], "message": "disables unassigned users"}]] if {
	_facts.onUnassign == "disable"
	not _deletes_at_once
}

_fault := [sprintf("`%s`", [_stage.via]), [{
	"kind": "App", "name": input.metadata.name, "path": ["spec", "provisioning", _stage.via, "operations"], "message": "no `delete`",
}]] if {
	not _facts.onUnassign == "disable"
	ending.sends == "disable"
}

# The System sends a deletion to an app that cannot disable accounts.
_deletes_at_once if {
	_facts.deletesWithoutSoftDelete == true
	input.spec.provisioning.scim.softDeleteMapped == false
}

_deletes_at_once if {
	_facts.deletesWithoutSoftDelete == true
	vendors.facts.activeMapped.value == false
}

# `vendor/effect-differs` compares the effect with the effect that the vendor documents.
_documented if {
	_stage.via == "scim"
	vendors.read_by_a_person(vendors.facts.deactivation)
}

findings contains {"path": ["spec", "lifecycle", "deprovision", "effect"], "message": message, "related": related} if {
	apps.alive
	_stage.effect == "delete"
	_stage.via in mechanisms.pushing
	not _stage.sends
	not _facts.deletes == false
	not _documented
	some [who, related] in [_fault]
	message := sprintf("%s: the declared effect is `delete`, but %s only sends a deactivation, and `sends` does not declare that the app then deletes the account", [
		input.metadata.name, who,
	])
}
