# METADATA
# title: Returning people get their old roles without approval
# description: A person who returns to another job gets the rights of the old job, including admin rights, without an approval. A push reactivates the
#   account by itself and asks no approver about privileged roles.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `spec.lifecycle.reactivate.roles` to `empty` or `default`, or set `approver` to the team that decides about the old roles. If a
#     push reactivates accounts, declare in `closedBy` of each privileged role who withdraws it from leavers.
#   controls:
#     nist-800-53: [PS-5, AC-2d, AC-6, AC-2l]
package policies.leaver["old-roles-return"]

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.vendors

_stage := input.spec.lifecycle.reactivate

_privileged := [{"kind": "App", "name": input.metadata.name, "path": ["spec", "roles", at, "privileged"], "message": "is restored too"} |
	some at, role in input.spec.roles
	role.privileged == true
]

findings contains {"path": ["spec", "lifecycle", "reactivate", "roles"], "message": message, "related": _privileged} if {
	apps.alive
	_stage.roles == "previous"
	not _stage.via == "none"
	not _stage.approver
	message := sprintf("%s: reactivated accounts keep their old roles, but `reactivate` has no `approver`", [input.metadata.name])
}

# Privileged roles that nobody withdraws when their holder leaves.
_kept := [related |
	some related in _privileged
	object.get(input.spec.roles[related.path[2]], ["closedBy", "via"], "none") == "none"
]

# `leaver/roles-differ-on-return` reports a System that restores no groups.
_not_restored if {
	data.leaver.catalogue.System[mechanisms.system("reactivate")].spec.restoresGroups == false
	not vendors.facts.rolesOnReturn.value == "previous"
}

findings contains {"path": ["spec", "lifecycle", "reactivate", "roles"], "message": message, "related": _kept} if {
	apps.alive
	_stage.roles == "previous"
	_stage.via in mechanisms.pushing
	_stage.approver
	not _not_restored
	count(_kept) > 0
	message := sprintf("%s: `%s` reactivates accounts with their old roles, privileged ones included, without asking the `approver`", [
		input.metadata.name, _stage.via,
	])
}
