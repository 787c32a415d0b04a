# METADATA
# title: Sign-off under other rules
# description: Rules, severities or limits have changed since the sign-off, so the reviewer has not seen the current findings.
# custom:
#   severity: info
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Compare the findings of `leaver check` for the app with those that the reviewer accepted. If they differ, have the app signed again.
#   controls:
#     nist-800-53: [CM-3b, CM-3f, CA-6]
#     iso-27001: [A.5.36, A.8.32]
#     soc2: [CC8.1/Authorizes-Changes]
package policies.signoff["policy-changed"]

import data.policies.lib.signoffs

findings contains {"path": ["metadata", "name"], "message": message} if {
	some seat in signoffs.required_roles
	seat.records != set()
	count([record | some record in seat.records; not record.policyChanged]) == 0
	newest := max([record.signedAt | some record in seat.records])
	some record in seat.records
	record.signedAt == newest
	message := sprintf("%s: rules or limits have changed since the sign-off by %s", [input.metadata.name, signoffs.by(record)])
}
