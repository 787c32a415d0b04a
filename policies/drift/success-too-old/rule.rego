# METADATA
# title: No successful run within the SLA
# description: Provisioning has not succeeded for longer than the SLA of deprovisioning. People who have left since then still have an
#   account.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Repair provisioning and close the accounts of people who have left since then, or raise `slaHours` if the delay is acceptable.
#   controls:
#     nist-800-53: [AC-2(3), PS-4a]
#     pci-dss: ["8.2.5"]
package policies.drift["success-too-old"]

import data.policies.lib.dates
import data.policies.lib.observed

_stage := input.spec.lifecycle.deprovision

# Returns the whole hours from the last success to the start of the day of the export. The number is never too high.
_hours(observation) := (dates.days_between(substring(success, 0, 10), day) * 24) - (hour + 1) if {
	success := observation.spec.health.lastSuccess
	day := observed.snapshot(observation).spec.takenOn
	hour := to_number(sprintf("1%s", [substring(success, 11, 2)])) - 100
}

findings contains {"path": ["spec", "lifecycle", "deprovision", "slaHours"], "message": message, "related": related} if {
	observed.compared
	limit := _stage.slaHours
	some observation in observed.present
	_stage.via in observed.mechanisms_of(observation.spec.system)
	hours := _hours(observation)
	hours > limit
	message := sprintf("%s: `deprovision` may take %v h, but the last successful run %s was %d h before the export", [
		input.metadata.name, limit, observed.place(observation), hours,
	])
	related := [observed.related(observation, ["health", "lastSuccess"], "observed here")]
}
