# METADATA
# title: Shared password that outlives its members
# description: Whoever knew the shared password knows it after leaving, unless it changes on that day.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Give everybody an account of their own; where that is impossible, set `provisioning.shared.rotateOnLeave: true` and name
#     the owner and the vault."
#   controls:
#     nist-800-53: [AC-2k, IA-5i, "AC-2(9)"]
#     pci-dss: ["8.2.2"]
package policies.shared["no-rotation"]

import data.policies.lib.apps

findings contains {"path": ["spec", "provisioning", "shared", "rotateOnLeave"], "message": message} if {
	apps.alive
	input.spec.provisioning.mode == "shared"
	not input.spec.provisioning.shared.rotateOnLeave == true
	message := sprintf("%s: one password for many people, and it does not change when one of them leaves", [input.metadata.name])
}
