# METADATA
# title: Accounts are pushed in and never ended
# description: "A mechanism that makes accounts and is not set up to end them looks like full provisioning: everybody believes that
#   leavers are taken care of. Many connectors can only create, and in Okta deactivation is a switch of its own."
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Switch deactivation on and declare it in `spec.lifecycle.deprovision`; where the mechanism cannot, name the job or the ticket
#     queue that does.
#   controls:
#     nist-800-53: [AC-2f, PS-4a]
#     pci-dss: ["8.2.5"]
#     soc2: [CC6.3/Removes-Access-to-Protected-Information-Assets]
package policies.scim["no-deactivation"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

_ended if mechanisms.done("deprovision")

_ended if mechanisms.done("remove")

# `jit/no-deprovision-owner` tells it already.
_told if {
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
	not _told
	message := sprintf("%s: accounts are created via `%s`, and nothing ends them", [input.metadata.name, via])
}
