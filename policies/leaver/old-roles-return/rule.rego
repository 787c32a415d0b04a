# METADATA
# title: Returning people get their old roles without approval
# description: A person who returns to another job gets the rights of the old one, admin rights included, without an approval.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `spec.lifecycle.reactivate.roles` to `empty` or `default`, or set `approver` to the team that decides about the old roles.
#   controls:
#     nist-800-53: [PS-5, AC-2d, AC-6, AC-2l]
package policies.leaver["old-roles-return"]

import data.policies.lib.apps

_privileged := [{"kind": "App", "name": input.metadata.name, "path": ["spec", "roles", at, "privileged"], "message": "is restored too"} |
	some at, role in input.spec.roles
	role.privileged == true
]

findings contains {"path": ["spec", "lifecycle", "reactivate", "roles"], "message": message, "related": _privileged} if {
	apps.alive
	input.spec.lifecycle.reactivate.roles == "previous"
	not input.spec.lifecycle.reactivate.via == "none"
	not input.spec.lifecycle.reactivate.approver
	message := sprintf("%s: reactivated accounts keep their old roles, but `reactivate` has no `approver`", [input.metadata.name])
}
