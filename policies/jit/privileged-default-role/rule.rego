# METADATA
# title: First sign-in grants a privileged role
# description: Every account created at sign-in gets the default role. If that role is privileged, the first sign-in creates an
#   administrator without a request, an approval or a record.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `spec.provisioning.jit.defaultRole` to the least privileged role, and grant other roles by group, PIM or ticket.
#   controls:
#     nist-800-53: ["AC-6(5)", "AC-2(7)"]
#     iso-27001: [A.8.2]
#     pci-dss: ["7.2.2"]
#     nist-csf: [PR.AA-05]
#   params:
#     adminNames:
#       type: array
#       default: [admin, administrator, owner, superadmin, super-admin, root]
#       description: Names of privileged roles, for roles that `spec.roles` does not describe
package policies.jit["privileged-default-role"]

import data.policies.lib.apps

findings contains {"path": ["spec", "provisioning", "jit", "defaultRole"], "message": message} if {
	apps.alive
	not input.spec.provisioning.jit.creates == false
	role := input.spec.provisioning.jit.defaultRole
	_privileged(role)
	message := sprintf("%s: every account created at sign-in gets the privileged role `%s`", [input.metadata.name, role])
}

_privileged(name) if {
	some role in input.spec.roles
	role.name == name
	role.privileged == true
}

_privileged(name) if {
	not _described(name)
	lower(name) in data.leaver.params["jit/privileged-default-role"].adminNames
}

_described(name) if {
	some role in input.spec.roles
	role.name == name
	is_boolean(role.privileged)
}
