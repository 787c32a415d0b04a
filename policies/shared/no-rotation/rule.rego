# METADATA
# title: Shared password that leavers know
# description: Whoever knew the shared password still knows it after leaving, unless it changes on that day.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Change the secret whenever one of its users leaves, and declare `spec.provisioning.shared.rotateOnLeave: true`."
#   controls:
#     nist-800-53: [AC-2k, IA-5i, "AC-2(9)"]
#     pci-dss: ["8.2.2"]
package policies.shared["no-rotation"]

import data.policies.lib.apps

# The whole app has one account, or the rotation of one account beside others is switched off.
_shared if apps.mode == "shared"

_shared if input.spec.provisioning.shared.rotateOnLeave == false

findings contains {"path": ["spec", "provisioning", "shared", "rotateOnLeave"], "message": message} if {
	apps.alive
	_shared
	not input.spec.provisioning.shared.rotateOnLeave == true
	message := sprintf("%s: the shared password does not change when one of its users leaves", [input.metadata.name])
}
