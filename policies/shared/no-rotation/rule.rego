# METADATA
# title: Shared password that leavers know
# description: A leaver who knows the shared password can use it until somebody rotates it.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Rotate the secret whenever one of its users leaves, and set `spec.provisioning.shared.rotateOnLeave: true`."
#   controls:
#     nist-800-53: [AC-2k, IA-5i, "AC-2(9)"]
#     pci-dss: ["8.2.2"]
package policies.shared["no-rotation"]

import data.policies.lib.apps

# The app has one account, or rotation is switched off for a shared account beside other accounts.
_shared if apps.mode == "shared"

_shared if input.spec.provisioning.shared.rotateOnLeave == false

findings contains {"path": ["spec", "provisioning", "shared", "rotateOnLeave"], "message": message} if {
	apps.alive
	_shared
	not input.spec.provisioning.shared.rotateOnLeave == true
	message := sprintf("%s: the shared password is not rotated when one of its users leaves", [input.metadata.name])
}
