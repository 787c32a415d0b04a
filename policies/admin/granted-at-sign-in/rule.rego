# METADATA
# title: Privileged role granted at sign-in
# description: A claim, the first sign-in or a default grants the role without a request, an approval or an end date. Only a later sign-in
#   can withdraw the role, and a leaver never signs in again.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `grant` to `pim`, `iga` or `ticket`, or to a group with an approver.
#   controls:
#     nist-800-53: ["AC-6(5)"]
#     iso-27001: [A.8.2]
package policies.admin["granted-at-sign-in"]

import data.policies.lib.apps

_grant_text := {
	"claim": "a claim at sign-in grants",
	"jit": "the first sign-in grants",
	"default": "every account gets",
}

findings contains {"path": ["spec", "roles", at, "grant"], "message": message} if {
	apps.alive
	some at, role in input.spec.roles
	role.privileged == true
	some gives in [_grant_text[role.grant]]
	not _default_role(role)
	message := sprintf("%s: %s the privileged role `%s`", [input.metadata.name, gives, role.name])
}

# `jit/privileged-default-role` reports a privileged default role.
_default_role(role) if {
	role.grant in {"jit", "default"}
	role.name == input.spec.provisioning.jit.defaultRole
	not input.spec.provisioning.jit.creates == false
}
