# METADATA
# title: Credential of an automation is expired or overdue
# description: An expired credential stops every workflow that uses it, so leavers keep their accounts. A credential that is overdue for
#   rotation still works for everyone who has seen it.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: System
#   fix: Rotate the credential, and set `spec.runsAs.expires` and `spec.runsAs.lastRotated`.
#   controls:
#     nist-800-53: ["IA-5f"]
#     pci-dss: ["8.6.3"]
#     owasp-nhi: ["NHI7"]
package policies.automation["credential-overdue"]

import data.policies.lib.automations
import data.policies.lib.counted
import data.policies.lib.dates

# A date in the future is no evidence.
_last_rotation := day if {
	some day in [automations.secret.lastRotated]
	not dates.future(day)
}

_expired if automations.secret.expires < data.leaver.today

findings contains {"path": ["spec", "runsAs", "expires"], "message": message} if {
	_expired
	ago := counted.days(dates.days_since(automations.secret.expires))
	message := sprintf("%s: the credential of the System expired on %s, %s ago", [input.metadata.name, automations.secret.expires, ago])
}

findings contains {"path": ["spec", "runsAs", "lastRotated"], "message": message, "severity": "warning"} if {
	not _expired
	since := dates.days_since(_last_rotation)
	since > automations.secret.rotateEveryDays
	message := sprintf("%s: the credential of the System is %s old (limit %s)", [
		input.metadata.name, counted.days(since), counted.days(automations.secret.rotateEveryDays),
	])
}

findings contains {"path": ["spec", "runsAs", "lastRotated"], "message": message, "severity": "warning"} if {
	not _expired
	interval := automations.secret.rotateEveryDays
	not _last_rotation
	message := sprintf("%s: the credential of the System is rotated every %s, but no past rotation is declared (`lastRotated`)", [
		input.metadata.name, counted.days(interval),
	])
}
