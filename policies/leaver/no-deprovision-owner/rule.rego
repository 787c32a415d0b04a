# METADATA
# title: Deprovisioning without an owner
# description: Every app has leavers. If no team owns the stage that closes their accounts, the accounts stay open until someone notices.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `spec.lifecycle.deprovision.owner` to a team.
#   controls:
#     nist-800-53: [AC-2f, PS-4a, AC-2l]
#     iso-27001: [A.5.18, A.6.5]
#     pci-dss: ["8.2.5"]
#     cis-v8: ["6.2"]
package policies.leaver["no-deprovision-owner"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

# An app without accounts needs no owner of `deprovision`.
_accountless if apps.mode == "none"

# A shared account has a team that is accountable for it.
_accountless if {
	apps.mode == "shared"
	input.spec.provisioning.shared.owner
}

# `scim/no-deactivation` reports pushed accounts that are not closed.
_reported_elsewhere if {
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
	not _reported_elsewhere
	message := sprintf("%s: neither `deprovision` nor `remove` has an owner", [input.metadata.name])
}
