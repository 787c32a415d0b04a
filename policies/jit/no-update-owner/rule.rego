# METADATA
# title: JIT app without an update owner
# description: JIT acts only at sign-in. A person who changes name, department or role keeps the old values in the app until somebody else
#   changes them, and here nobody is named who does.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Name the team in `spec.lifecycle.update.owner`, and say in `via` how it acts (`scim`, `connector`, `script`, `ticket`).
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
	message := sprintf("%s: accounts are created at sign-in, and nobody owns their update", [input.metadata.name])
}
