# METADATA
# title: Reactivated accounts get other roles than declared
# description: The app declares the roles of a returning person, but the system that reactivates the account, or the product, sets other roles. Either
#   old rights come back, or needed rights are missing.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `spec.lifecycle.reactivate.roles` to what the system and the product do, or declare another stage that grants or withdraws the
#     groups and roles.
#   controls:
#     nist-800-53: [PS-5, AC-2d, AC-6, AC-2l]
#   params:
#     maxFactAgeDays:
#       type: integer
#       default: 3650
#       unit: days
#       minimum: 1
#       description: Maximum age of a vendor fact, in days
#       source: "none by default; two years in `strict`, since products change"
package policies.leaver["roles-differ-on-return"]

import data.policies.lib.apps
import data.policies.lib.ending
import data.policies.lib.mechanisms
import data.policies.lib.vendors

_days := data.leaver.params["leaver/roles-differ-on-return"].maxFactAgeDays

_stage := input.spec.lifecycle.reactivate

_system := mechanisms.system("reactivate")

_restores := data.leaver.catalogue.System[_system].spec.restoresGroups

_fault := "old roles should come back, but %s does not restore groups" if {
	_restores == false
	_stage.roles == "previous"
	not _kept_by_product
}

# The product keeps the roles, so the system need not send them again.
_kept_by_product if vendors.facts.rolesOnReturn.value == "previous"

_fault := "old roles should not come back, but %s restores groups" if {
	_restores == true
	_stage.roles in {"empty", "default"}
}

findings contains {"path": ["spec", "lifecycle", "reactivate", "roles"], "message": message, "related": related} if {
	apps.alive
	_stage.via in mechanisms.pushing
	fault := _fault
	message := sprintf("%s: %s", [input.metadata.name, sprintf(fault, [_system])])
	related := [{"kind": "System", "name": _system, "path": ["spec", "restoresGroups"], "message": "behaviour of the system"}]
}

# The difference between the declared and the documented roles.
_differs("previous", documented) := "old roles should come back, but %s restores none of them" if documented in {"empty", "default"}

_differs(declared, "previous") := "old roles should not come back, but %s keeps them" if declared in {"empty", "default"}

# A push or a sign-in sets the roles, or the account is new.
_set_anew if input.spec.lifecycle.entitle.via in (mechanisms.pushing | {"jit"})

_set_anew if input.spec.lifecycle.deprovision.effect == "delete"

_set_anew if ending.sends == "delete"

findings contains {"path": ["spec", "lifecycle", "reactivate", "roles"], "message": message} if {
	apps.alive
	_stage.via in mechanisms.pushing
	fact := vendors.facts.rolesOnReturn
	vendors.fresh(fact, _days)
	fault := _differs(_stage.roles, fact.value)
	not _set_anew
	message := sprintf("%s: %s (%s)", [input.metadata.name, sprintf(fault, [vendors.vendor.title]), vendors.cited(fact)])
}
