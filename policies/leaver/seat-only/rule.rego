# METADATA
# title: Deprovisioning only frees the seat
# description: Freeing the seat saves money, but the account can still sign in. If no other stage disables it, the leaver keeps access.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Disable or remove the account as well, in `deprovision` or `remove`.
#   controls:
#     nist-800-53: [AC-2f, PS-4a, AC-2l]
#     pci-dss: ["8.2.5"]
package policies.leaver["seat-only"]

import data.policies.lib.apps

findings contains {"path": ["spec", "lifecycle", "deprovision", "effect"], "message": message} if {
	apps.alive
	input.spec.lifecycle.deprovision.effect == "seat-only"
	not _removed
	message := sprintf("%s: deprovisioning only frees the seat, and no `remove` stage removes the account", [input.metadata.name])
}

_removed if {
	via := input.spec.lifecycle.remove.via
	via != "none"
}
