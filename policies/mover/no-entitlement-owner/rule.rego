# METADATA
# title: Entitlements without an owner
# description: People change jobs more often than they leave. If an app has several roles and no team owns `entitle`, movers accumulate
#   rights. At tier 1 and 2, the finding is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `spec.lifecycle.entitle.owner`.
#   controls:
#     nist-800-53: [PS-5, AC-2h.3, AC-2l]
#     iso-27001: [A.5.18, A.6.5]
#     soc2: [CC6.3]
package policies.mover["no-entitlement-owner"]

import data.policies.lib.apps

default _severity := "warning"

_severity := "error" if apps.tier <= 2

findings contains {"path": ["spec", "lifecycle", "entitle", "owner"], "message": message, "severity": _severity} if {
	apps.alive
	input.spec.lifecycle
	some roles in [input.spec.roles]
	count(roles) > 1
	not apps.owned("entitle")
	message := sprintf("%s: the app has %d roles, but `entitle` has no owner", [input.metadata.name, count(roles)])
}
