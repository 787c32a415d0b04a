# METADATA
# title: Nobody owns the closing of accounts
# description: Every app has leavers. Where nobody owns the stage that closes their accounts, it is done by whoever notices.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Name the team in `spec.lifecycle.deprovision.owner`.
#   controls:
#     nist-800-53: [AC-2f, PS-4a, AC-2l]
#     iso-27001: [A.5.18, A.6.5]
#     pci-dss: ["8.2.5"]
#     cis-v8: ["6.2"]
package policies.leaver["no-deprovision-owner"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

# Nobody has an account to close.
_accountless if apps.mode == "none"

# One account for all, and a team that answers for it.
_accountless if {
	apps.mode == "shared"
	input.spec.provisioning.shared.owner
}

# Pushed accounts that nothing ends: `scim/no-deactivation` says it.
_told if {
	some via in [mechanisms.creation]
	via in mechanisms.pushing
	not mechanisms.done("deprovision")
	not mechanisms.done("remove")
}

findings contains {"path": ["spec", "lifecycle", "deprovision", "owner"], "message": message} if {
	apps.alive
	input.spec.lifecycle
	not apps.created_by_jit
	not apps.owned("deprovision")
	not apps.owned("remove")
	not _accountless
	not _told
	message := sprintf("%s: nobody owns the closing of accounts", [input.metadata.name])
}
