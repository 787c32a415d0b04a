# METADATA
# title: Accounts are pushed but never closed
# description: "A mechanism that creates accounts but does not close them looks like full provisioning, so leavers are forgotten. Many
#   connectors can only create, and Okta has a separate switch for deactivation."
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Switch deactivation on and declare it in `spec.lifecycle.deprovision`. If the mechanism cannot deactivate accounts, declare the job or the
#     ticket queue that closes them.
#   controls:
#     nist-800-53: [AC-2f, PS-4a]
#     pci-dss: ["8.2.5"]
#     soc2: [CC6.3/Removes-Access-to-Protected-Information-Assets]
package policies.scim["no-deactivation"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

_ended if mechanisms.done("deprovision")

_ended if mechanisms.done("remove")

# `jit/no-deprovision-owner` reports an app that also creates accounts at sign-in.
_reported_elsewhere if {
	apps.created_by_jit
	not apps.owned("deprovision")
	not apps.owned("remove")
}

findings contains {"path": ["spec", "lifecycle", "deprovision", "via"], "message": message} if {
	apps.alive
	input.spec.lifecycle
	some via in [mechanisms.creation]
	via in mechanisms.pushing
	not _ended
	not _reported_elsewhere
	message := sprintf("%s: accounts are created via `%s`, but `deprovision` and `remove` do not close them", [input.metadata.name, via])
}
