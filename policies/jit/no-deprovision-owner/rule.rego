# METADATA
# title: JIT app without a deprovision owner
# description: JIT never removes an account. A leaver stops signing in, so no later sign-in closes the account, and no team owns a stage that closes
#   it.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `spec.lifecycle.deprovision.owner` to a team and `via` to its mechanism. Add SCIM, a connector or a ticket queue if there is
#     none.
#   controls:
#     nist-800-53: [AC-2f, "AC-2(3)", PS-4a]
#     iso-27001: [A.5.18, A.6.5]
#     pci-dss: ["8.2.5"]
#     soc2: [CC6.2/Prevents-the-Use-of-Credentials-When-No-Longer-Valid, CC6.3/Removes-Access-to-Protected-Information-Assets]
#     cis-v8: ["6.2"]
package policies.jit["no-deprovision-owner"]

import data.policies.lib.apps

findings contains {"path": ["spec", "lifecycle", "deprovision", "owner"], "message": message} if {
	apps.created_by_jit
	not apps.owned("deprovision")
	not apps.owned("remove")
	message := sprintf("%s: accounts are created at sign-in, but no team owns `deprovision` or `remove`", [input.metadata.name])
}
