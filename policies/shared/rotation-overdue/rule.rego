# METADATA
# title: Rotation of a shared password is overdue
# description: The declared rotation of the shared password did not take place, so more and more former users know it.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Rotate the secret and set `spec.provisioning.shared.lastRotated`.
#   controls:
#     nist-800-53: [AC-2k, IA-5i, "AC-2(9)"]
#     pci-dss: ["8.2.2"]
package policies.shared["rotation-overdue"]

import data.policies.lib.apps
import data.policies.lib.counted
import data.policies.lib.dates

findings contains {"path": ["spec", "provisioning", "shared", "lastRotated"], "message": message} if {
	apps.alive
	some last in [input.spec.provisioning.shared.lastRotated]
	some interval in [input.spec.provisioning.shared.rotateEveryDays]
	age := dates.days_since(last)
	age > interval
	message := sprintf("%s: the shared password is %s old (limit %s)", [
		input.metadata.name, counted.days(age), counted.days(interval),
	])
}
