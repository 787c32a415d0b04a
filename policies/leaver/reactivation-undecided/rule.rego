# METADATA
# title: Nobody decided how people come back
# description: Somebody who returns after a year gets the old account with the old roles, unless somebody decides otherwise and says
#   who may switch it on.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Name the owner and say in `spec.lifecycle.reactivate.roles` what a returning person starts with, best `empty`. If
#     nobody comes back, write `via: none`."
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
