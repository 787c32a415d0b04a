# METADATA
# title: Provisioning that runs less often than declared
# description: leaver checks every SLA of the app against the declared interval. A slower system misses SLAs unnoticed.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Shorten the interval in the system, or set `syncMinutes` to the real one.
#   controls:
#     nist-800-53: [AC-2(3), PS-4a]
package policies.drift["slower-sync"]

import data.policies.lib.durations
import data.policies.lib.observed

findings contains {"path": path, "message": message, "related": related} if {
	observed.compared
	some observation in observed.present
	some via in observed.mechanisms_of(observation.spec.system)
	minutes := input.spec.provisioning[via].syncMinutes
	real := observation.spec.provisioning.syncMinutes
	real > minutes
	path := ["spec", "provisioning", via, "syncMinutes"]
	message := sprintf("%s: `%s` is declared to run every %s, but runs every %s %s", [
		input.metadata.name, via, durations.minutes(minutes), durations.minutes(real), observed.place(observation),
	])
	related := [observed.related(observation, ["provisioning", "syncMinutes"], "observed here")]
}
