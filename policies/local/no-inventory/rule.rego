# METADATA
# title: Nobody knows the local accounts
# description: Accounts with a password of their own pass by single sign-on and by everything that ends a leaver's access. If
#   nobody looked, nobody knows.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "List them in `spec.localAccounts.accounts`, or declare `none: true` with the day it was checked."
#   controls:
#     nist-800-53: [AC-2a]
#     pci-dss: ["8.2.2"]
#     cis-v8: ["5.1", "5.6"]
package policies.local["no-inventory"]

import data.policies.lib.apps

_looked if {
	input.spec.localAccounts.none == true
	input.spec.localAccounts.checkedOn
}

_looked if count(input.spec.localAccounts.accounts) > 0

findings contains {"path": ["spec", "localAccounts", "checkedOn"], "message": message, "severity": severity} if {
	apps.alive
	input.spec.lifecycle
	not _looked
	severity := {true: "error", false: "warning"}[apps.tier <= 2]
	message := sprintf("%s: nobody says whether there are local accounts", [input.metadata.name])
}
