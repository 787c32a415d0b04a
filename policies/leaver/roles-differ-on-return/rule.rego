# METADATA
# title: People come back with other roles than declared
# description: The declaration says which roles a returning person has, and the system that enables the account does something else with its
#   groups. Either old rights come back that nobody asked for, or somebody waits for rights that never come.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Declare in `spec.lifecycle.reactivate.roles` what the system does, or let another step give or take the groups when somebody
#     returns.
#   controls:
#     nist-800-53: [PS-5, AC-2d, AC-6, AC-2l]
package policies.leaver["roles-differ-on-return"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

_stage := input.spec.lifecycle.reactivate

_system := mechanisms.system("reactivate")

_restores := data.leaver.catalogue.System[_system].spec.restoresGroups

_fault := "the old roles are to come back, but %s does not give the groups back" if {
	_restores == false
	_stage.roles == "previous"
}

_fault := "no old role is to come back, but %s gives the groups back" if {
	_restores == true
	_stage.roles in {"empty", "default"}
}

findings contains {"path": ["spec", "lifecycle", "reactivate", "roles"], "message": message, "related": related} if {
	apps.alive
	_stage.via in mechanisms.pushing
	fault := _fault
	message := sprintf("%s: %s", [input.metadata.name, sprintf(fault, [_system])])
	related := [{"kind": "System", "name": _system, "path": ["spec", "restoresGroups"], "message": "what the system does"}]
}
