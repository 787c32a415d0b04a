# METADATA
# title: Updates without an owner
# description: A person gets another name, manager or department, but the account remains the same. Approvals and access in the app that depend on
#   these values become wrong.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Set `spec.lifecycle.update.owner`, or `via: none` if nothing in the app depends on personal attributes."
#   controls:
#     nist-800-53: [PS-5, AC-2h.3, AC-2l]
#     iso-27001: [A.5.18, A.6.5]
#     soc2: [CC6.3]
package policies.mover["no-update-owner"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

_accountless if apps.mode in {"none", "shared"}

# `scim/no-update` reports an app whose accounts are pushed but not updated.
_reported_elsewhere if {
	some via in [mechanisms.creation]
	via in mechanisms.pushing
	not mechanisms.done("update")
}

findings contains {"path": ["spec", "lifecycle", "update", "owner"], "message": message} if {
	apps.alive
	input.spec.lifecycle
	not apps.created_by_jit
	not apps.owned("update")
	not input.spec.lifecycle.update.via == "none"
	not _accountless
	not _reported_elsewhere
	message := sprintf("%s: `update` has no owner", [input.metadata.name])
}
