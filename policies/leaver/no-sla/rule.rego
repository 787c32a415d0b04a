# METADATA
# title: No time in which accounts are closed
# description: "An owner without a time has promised nothing: closed next quarter is closed as promised."
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Write the hours in `spec.lifecycle.deprovision.slaHours`.
#   controls:
#     nist-800-53: [AC-2h, PS-4a]
#     pci-dss: ["8.2.5"]
package policies.leaver["no-sla"]

import data.policies.lib.apps

findings contains {"path": ["spec", "lifecycle", "deprovision", "slaHours"], "message": message} if {
	apps.alive
	apps.owned("deprovision")
	not input.spec.lifecycle.deprovision.slaHours
	not _by_hand
	message := sprintf("%s: nothing says within which time accounts are closed", [input.metadata.name])
}

# `manual/no-queue` asks there.
_by_hand if input.spec.lifecycle.deprovision.via in {"ticket", "admin", "runbook"}
