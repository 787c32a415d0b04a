# METADATA
# title: Accounts are pushed but never updated
# description: Without updates, the account keeps the values of the first day. After a change of name, department or manager, decisions that the app
#   bases on the old values are wrong.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Switch on the push of profile changes and declare it in `spec.lifecycle.update`, or declare who updates accounts by hand.
#   controls:
#     nist-800-53: [PS-5c]
#     soc2: [CC6.3/Creates-or-Modifies-Access-to-Protected-Information-Assets]
package policies.scim["no-update"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

findings contains {"path": ["spec", "lifecycle", "update", "via"], "message": message} if {
	apps.alive
	input.spec.lifecycle.update.via == "none"
	some via in [mechanisms.creation]
	via in mechanisms.pushing
	not apps.created_by_jit
	message := sprintf("%s: accounts are created via `%s`, but `update` has `via: none`", [input.metadata.name, via])
}
