# METADATA
# title: Privileged role without an owner, grant procedure or limit
# description: Every administrator is a risk, so each privileged role needs an owner, a grant procedure and a maximum number of people.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Add `owner`, `grant` and `max` to the role.
#   controls:
#     nist-800-53: ["AC-2(7)", "AC-6(5)"]
#     iso-27001: [A.8.2]
#     cis-v8: ["5.4"]
package policies.admin["undescribed-role"]

import data.policies.lib.apps

_keys := ["owner", "grant", "max"]

_has_key(role, key) if role[key]

findings contains {"path": ["spec", "roles", at, missing[0]], "message": message} if {
	apps.alive
	some at, role in input.spec.roles
	role.privileged == true
	missing := [key | some key in _keys; not _has_key(role, key)]
	count(missing) > 0
	message := sprintf("%s: the privileged role `%s` has no `%s`", [input.metadata.name, role.name, concat("`, no `", missing)])
}
