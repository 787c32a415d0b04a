# METADATA
# title: JIT app without an update owner
# description: JIT acts only at sign-in. After a change of name, department or role, the app keeps the old values until another process
#   updates them, and no team owns that process.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `spec.lifecycle.update.owner` to a team and `via` to its mechanism (`scim`, `connector`, `script`, `ticket`).
#   controls:
#     nist-800-53: [AC-2f, AC-2h, PS-5]
#     iso-27001: [A.5.16, A.5.18]
#     soc2: [CC6.3/Creates-or-Modifies-Access-to-Protected-Information-Assets]
#     cis-v8: ["6.1"]
#     nist-csf: [PR.AA-01]
package policies.jit["no-update-owner"]

import data.policies.lib.apps

findings contains {"path": ["spec", "lifecycle", "update", "owner"], "message": message} if {
	apps.created_by_jit
	not apps.owned("update")
	message := sprintf("%s: accounts are created at sign-in, but `update` has no owner", [input.metadata.name])
}
