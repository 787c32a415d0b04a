# METADATA
# title: Rights that nobody takes back
# description: People change jobs more often than they leave. Where an app has several roles and nobody owns changing them, rights
#   pile up.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Name the owner of `spec.lifecycle.entitle`.
#   controls:
#     nist-800-53: [PS-5, AC-2h]
#     iso-27001: [A.5.18, A.6.5]
#     soc2: [CC6.3]
package policies.mover["no-entitlement-owner"]

import data.policies.lib.apps

findings contains {"path": ["spec", "lifecycle", "entitle", "owner"], "message": message, "severity": severity} if {
	apps.alive
	count(input.spec.roles) > 1
	input.spec.lifecycle
	not apps.owned("entitle")
	severity := {true: "error", false: "warning"}[apps.tier <= 2]
	message := sprintf("%s: %d roles, and nobody owns giving and taking them", [input.metadata.name, count(input.spec.roles)])
}
