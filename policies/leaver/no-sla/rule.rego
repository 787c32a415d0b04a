# METADATA
# title: Deprovisioning without an SLA
# description: Without an SLA, nobody can tell whether an account was closed too late.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `spec.lifecycle.deprovision.slaHours`.
#   controls:
#     nist-800-53: ["AC-2(13)", PS-4a, AC-2h.2, "AC-2(3)", AC-2l]
#     iso-27001: [A.6.5]
#     pci-dss: ["8.2.5"]
package policies.leaver["no-sla"]

import data.policies.lib.apps
import data.policies.lib.counted
import data.policies.lib.mechanisms

# `manual/no-deadline` reports stages that people perform.
_by_people if input.spec.lifecycle.deprovision.via in {"ticket", "admin", "runbook", "vendor"}

findings contains {"path": ["spec", "lifecycle", "deprovision", "slaHours"], "message": message} if {
	apps.alive
	apps.owned("deprovision")
	mechanisms.done("deprovision")
	not input.spec.lifecycle.deprovision.slaHours
	not _by_people
	message := sprintf("%s: `deprovision` has no `slaHours`%s", [input.metadata.name, _until])
}

# An inactivity limit is not an SLA, because most accounts of leavers stay open until the limit is reached.
_until := sprintf(", so a leaver keeps the account until it has been unused for %s", [counted.days(days)]) if {
	days := input.spec.lifecycle.deprovision.afterInactiveDays
}

_until := "" if not input.spec.lifecycle.deprovision.afterInactiveDays
