# METADATA
# title: Nobody decided what becomes of ended accounts
# description: "A pushed deprovisioning disables, and there it stops: the account, its data and often its seat stay for ever, unless
#   somebody decides when they go. To keep them may be right, but then it is a decision."
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Say in `spec.lifecycle.remove` what deletes the accounts and after how many days, or `via: none` if they are kept on purpose."
#   controls:
#     nist-800-53: [AC-2f]
#     iso-27001: [A.5.18]
#     cis-v8: ["6.2"]
package policies.scim["removal-undecided"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

_decided if input.spec.lifecycle.remove.via != ""

_decided if apps.owned("remove")

_decided if input.spec.lifecycle.deprovision.effect == "delete"

findings contains {"path": ["spec", "lifecycle", "remove"], "message": message} if {
	apps.alive
	some via in [input.spec.lifecycle.deprovision.via]
	via in mechanisms.pushing
	not _decided
	message := sprintf("%s: `%s` ends the access of leavers, and nothing says what becomes of their accounts", [input.metadata.name, via])
}
