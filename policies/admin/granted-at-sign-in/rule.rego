# METADATA
# title: Administrators are made at sign-in
# description: A privileged role that comes with a claim, with the first sign-in or by default has no request, no approval and no
#   end.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Grant it by PIM, by a ticket or by an approved group.
#   controls:
#     nist-800-53: ["AC-6(5)"]
#     iso-27001: [A.8.2]
package policies.admin["granted-at-sign-in"]

import data.policies.lib.apps

_unasked := {"claim", "jit", "default"}

findings contains {"path": ["spec", "roles", at, "grant"], "message": message} if {
	apps.alive
	some at, role in input.spec.roles
	role.privileged == true
	role.grant in _unasked
	message := sprintf("%s: the privileged role `%s` is granted by `%s`, without anybody's approval", [input.metadata.name, role.name, role.grant])
}
