# METADATA
# title: Privileged role that comes with the sign-in
# description: A privileged role that comes with a claim, with the first sign-in or by default has no request, no approval and no end in the
#   app. It is taken away at the next sign-in at the earliest, and a leaver has none.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Grant it by `pim`, `iga` or `ticket`, or by a group with an approver.
#   controls:
#     nist-800-53: ["AC-6(5)"]
#     iso-27001: [A.8.2]
package policies.admin["granted-at-sign-in"]

import data.policies.lib.apps

_gives := {
	"claim": "a claim at sign-in gives",
	"jit": "the first sign-in gives",
	"default": "every account gets",
}

findings contains {"path": ["spec", "roles", at, "grant"], "message": message} if {
	apps.alive
	some at, role in input.spec.roles
	role.privileged == true
	some gives in [_gives[role.grant]]
	not _default_role(role)
	message := sprintf("%s: %s the privileged role `%s`", [input.metadata.name, gives, role.name])
}

# The role of every new account: jit/privileged-default-role says so already.
_default_role(role) if {
	role.grant in {"jit", "default"}
	role.name == input.spec.provisioning.jit.defaultRole
	not input.spec.provisioning.jit.creates == false
}
