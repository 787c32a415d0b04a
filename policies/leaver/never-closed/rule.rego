# METADATA
# title: Accounts are never closed although the stage has an owner
# description: The stage that closes accounts has an owner, but `via` is `none`. Accounts of leavers stay open, although a team seems to be
#   responsible.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `spec.lifecycle.deprovision.via` to the mechanism that closes accounts, or let the app expire unused accounts and declare after how many
#     days.
#   controls:
#     nist-800-53: ["AC-2(13)", PS-4a, AC-2h.2, "AC-2(3)", AC-2l]
#     iso-27001: [A.6.5]
#     pci-dss: ["8.2.5"]
package policies.leaver["never-closed"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

# `leaver/no-deprovision-owner` reports a stage without an owner.
_owned if apps.owned("deprovision")

_owned if apps.owned("remove")

_closed if mechanisms.done("deprovision")

_closed if mechanisms.done("remove")

# The app expires unused accounts.
_closed if input.spec.provisioning.jit.expiresAfterDays

_closed if input.spec.lifecycle.deprovision.afterInactiveDays

# `scim/no-deactivation` reports pushed accounts that are never closed.
_reported_elsewhere if {
	some via in [mechanisms.creation]
	via in mechanisms.pushing
}

_stage := "deprovision" if input.spec.lifecycle.deprovision.via == "none"

_stage := "remove" if {
	not input.spec.lifecycle.deprovision.via
	input.spec.lifecycle.remove.via == "none"
}

findings contains {"path": ["spec", "lifecycle", stage, "via"], "message": message} if {
	apps.alive
	_owned
	not _closed
	not _reported_elsewhere
	some stage in [_stage]
	message := sprintf("%s: `deprovision` or `remove` has an owner, but `via` is `none`, so accounts are never closed", [input.metadata.name])
}
