# METADATA
# title: Unused credential
# description: If people think that a credential is unused, they do not rotate it after a breach, and nobody notices its abuse. For a privileged
#   credential, the finding is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Revoke it and set `revokedOn`, or close the local account. If it was used since, set `lastUsed`. If it is kept for rare use, explain that in
#     `purpose` and waive the finding.
#   controls:
#     nist-800-53: ["AC-2(3)(d)", IA-4]
#     cis-v8: ["5.3"]
#     owasp-nhi: [NHI1]
#   params:
#     maxDays:
#       type: integer
#       default: 90
#       description: Maximum time since the last use
#       unit: days
#       source: PCI DSS 8.2.6 for accounts of people; CIS 5.3 requires 45 days
package policies.credential.unused

import data.policies.lib.apps
import data.policies.lib.counted
import data.policies.lib.credentials
import data.policies.lib.dates

_max := data.leaver.params["credential/unused"].maxDays

_severity(item) := "error" if item.privileged == true

_severity(item) := "warning" if not item.privileged == true

findings contains {"path": ["spec", "nonHuman", at, "lastUsed"], "message": message, "severity": severity} if {
	some at, item in credentials.live
	since := dates.days_since(item.lastUsed)
	since > _max
	severity := _severity(item)
	message := sprintf("%s: the credential `%s` was last used %s ago (limit %s)", [
		input.metadata.name, item.name, counted.days(since), counted.days(_max),
	])
}

findings contains {"path": ["spec", "localAccounts", "accounts", at, "lastUsed"], "message": message, "severity": severity} if {
	apps.alive
	some at, account in input.spec.localAccounts.accounts
	since := dates.days_since(account.lastUsed)
	since > _max
	severity := _severity(account)
	message := sprintf("%s: the local account `%s` was last used %s ago (limit %s)", [
		input.metadata.name, account.name, counted.days(since), counted.days(_max),
	])
}
