# METADATA
# title: Local account without an owner
# description: A local account belongs to no person, so it stays open when people leave. Without an accountable team, nobody knows who has the
#   password, and nobody closes the account.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `owner` of the account, or `spec.localAccounts.owner` for all of them.
#   controls:
#     nist-800-53: [AC-2a, AC-2d, AC-2b]
#     pci-dss: ["7.2.4", "8.2.1"]
#     cis-v8: ["5.1", "5.6"]
package policies.local["no-owner"]

import data.policies.lib.apps

findings contains {"path": ["spec", "localAccounts", "accounts", at, "owner"], "message": message} if {
	apps.alive
	some at, account in input.spec.localAccounts.accounts
	not account.owner
	not input.spec.localAccounts.owner
	message := sprintf("%s: the local account `%s` has no owner", [input.metadata.name, account.name])
}
