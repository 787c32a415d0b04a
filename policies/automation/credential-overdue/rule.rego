# METADATA
# title: Automation credential overdue for rotation
# description: A credential that has ended stops every workflow behind it, and the leavers of that day keep their accounts. One that
#   was not replaced in time still works for everybody who has seen it.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: System
#   fix: Replace the credential, and write the dates in `spec.runsAs.expires` and `spec.runsAs.lastRotated`.
#   controls:
#     nist-800-53: ["IA-5f"]
#     pci-dss: ["8.6.3"]
#     owasp-nhi: ["NHI7"]
package policies.automation["credential-overdue"]

import data.policies.lib.automations
import data.policies.lib.counted
import data.policies.lib.dates

# A date that is still to come shows nothing.
_replaced := day if {
	some day in [automations.secret.lastRotated]
	not dates.future(day)
}

_expired if automations.secret.expires < data.leaver.today

findings contains {"path": ["spec", "runsAs", "expires"], "message": message} if {
	_expired
	ago := counted.days(dates.days_since(automations.secret.expires))
	message := sprintf("%s: the credential that it signs in with expired on %s, %s ago", [input.metadata.name, automations.secret.expires, ago])
}

findings contains {"path": ["spec", "runsAs", "lastRotated"], "message": message, "severity": "warning"} if {
	not _expired
	since := dates.days_since(_replaced)
	since > automations.secret.rotateEveryDays
	message := sprintf("%s: the credential that it signs in with is %s old (limit %s)", [
		input.metadata.name, counted.days(since), counted.days(automations.secret.rotateEveryDays),
	])
}

findings contains {"path": ["spec", "runsAs", "lastRotated"], "message": message, "severity": "warning"} if {
	not _expired
	interval := automations.secret.rotateEveryDays
	not _replaced
	message := sprintf("%s: the credential that it signs in with should be replaced every %s, but no date shows that it was", [
		input.metadata.name, counted.days(interval),
	])
}
