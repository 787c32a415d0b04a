# METADATA
# title: Owner who approves its own work
# description: The same team grants access and approves it. A single team, or one compromised account in it, can then give itself any
#   access. At tier 1, the finding is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `approver` to another team.
#   controls:
#     nist-800-53: [AC-5]
#     iso-27001: [A.5.3]
#     soc2: [CC6.3]
#     nist-csf: [PR.AA-05]
package policies.owner["approves-own"]

import data.policies.lib.apps

findings contains {"path": ["spec", "lifecycle", stage, "approver"], "message": message, "severity": _severity} if {
	apps.alive
	some stage, how in input.spec.lifecycle
	how.owner == how.approver
	message := sprintf("%s: `%s` is both owner and approver of `%s`", [input.metadata.name, how.owner, stage])
}

findings contains {"path": ["spec", "roles", at, "approver"], "message": message, "severity": _severity} if {
	apps.alive
	some at, role in input.spec.roles
	role.owner == role.approver
	message := sprintf("%s: `%s` is both owner and approver of the role `%s`", [input.metadata.name, role.owner, role.name])
}

default _severity := "warning"

_severity := "error" if apps.tier == 1
