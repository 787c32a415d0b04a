# METADATA
# title: Removal of closed accounts is not declared
# description: "A pushed deprovisioning only disables the account. The account, its data and often its seat stay forever unless something
#   removes them. Keeping them may be right, but the app must declare this."
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Declare in `spec.lifecycle.remove` what deletes the accounts (`via`) and when (`afterDays`), or set `via: none` if they are kept
#     on purpose."
#   controls:
#     nist-800-53: [AC-2f]
#     iso-27001: [A.5.18]
#     cis-v8: ["6.2"]
package policies.scim["removal-undecided"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

_removal_declared if input.spec.lifecycle.remove.via != ""

_removal_declared if apps.owned("remove")

# The organisation has nothing left to remove, because the account is deleted or belongs to the person.
_removal_declared if input.spec.lifecycle.deprovision.effect in {"delete", "remove-membership"}

findings contains {"path": ["spec", "lifecycle", "remove"], "message": message} if {
	apps.alive
	some via in [input.spec.lifecycle.deprovision.via]
	via in mechanisms.pushing
	not _removal_declared
	message := sprintf("%s: `%s` disables accounts of leavers, but `remove` does not declare what happens to these accounts afterwards", [input.metadata.name, via])
}
