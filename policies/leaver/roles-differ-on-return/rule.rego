# METADATA
# title: Reactivated accounts get other roles than declared
# description: The app declares the roles of a returning person, but the system that reactivates the account treats its groups differently.
#   Either old rights come back, or needed rights are missing.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `spec.lifecycle.reactivate.roles` to what the system does, or declare another stage that grants or withdraws the groups.
#   controls:
#     nist-800-53: [PS-5, AC-2d, AC-6, AC-2l]
package policies.leaver["roles-differ-on-return"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

_stage := input.spec.lifecycle.reactivate

_system := mechanisms.system("reactivate")

_restores := data.leaver.catalogue.System[_system].spec.restoresGroups

_fault := "old roles should come back, but %s does not restore groups" if {
	_restores == false
	_stage.roles == "previous"
}

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
