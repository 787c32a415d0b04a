# METADATA
# title: Reactivation is not declared
# description: A person who returns after a year gets the old account with the old roles if the app does not declare who may reactivate the account,
#   and with which roles.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Set the owner of `spec.lifecycle.reactivate`, and `roles` to what a returning person starts with, preferably `empty`. If accounts
#     are never reactivated, set `via: none`."
#   controls:
#     nist-800-53: [PS-5, AC-2d, AC-6, AC-2f, AC-2l]
package policies.leaver["reactivation-undecided"]

import data.policies.lib.apps

_missing := "owner" if not apps.owned("reactivate")

_missing := "roles" if {
	apps.owned("reactivate")
	not input.spec.lifecycle.reactivate.roles
}

findings contains {"path": ["spec", "lifecycle", "reactivate", key], "message": message} if {
	apps.alive
	input.spec.lifecycle.deprovision.effect == "suspend"
	not input.spec.lifecycle.reactivate.via == "none"
	some key in [_missing]
	message := sprintf("%s: accounts are suspended, but `reactivate` has no `%s`", [input.metadata.name, key])
}
