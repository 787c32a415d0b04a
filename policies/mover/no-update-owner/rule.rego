# METADATA
# title: Changes that nobody carries over
# description: A person changes name, manager or department, and the account does not. What depends on these in the app, approvals
#   and access among it, goes on as before.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Name the owner of `spec.lifecycle.update`, or write `via: none` if nothing in the app depends on who somebody is."
#   controls:
#     nist-800-53: [PS-5, AC-2h.3, AC-2l]
#     iso-27001: [A.5.18, A.6.5]
#     soc2: [CC6.3]
package policies.mover["no-update-owner"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

_accountless if apps.mode in {"none", "shared"}

# `scim/no-update` says it.
_told if {
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
	not _told
	message := sprintf("%s: nobody owns the updating of accounts", [input.metadata.name])
}
