# METADATA
# title: Accounts are not compared in time
# description: "Comparing the accounts of the app with the source of truth finds what reviews miss: accounts of nobody. A
#   comparison that is overdue finds nothing."
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Run the comparison and write its day into `spec.lifecycle.reconcile.last`.
#   controls:
#     nist-800-53: [AC-2j]
package policies.review["reconcile-overdue"]

import data.policies.lib.apps
import data.policies.lib.dates

findings contains {"path": ["spec", "lifecycle", "reconcile", "last"], "message": message} if {
	apps.alive
	some last in [input.spec.lifecycle.reconcile.last]
	interval := input.spec.lifecycle.reconcile.everyDays
	late := dates.days_since(last) - interval
	late > 0
	message := sprintf("%s: the accounts should have been compared %d days ago (last %s, every %d days)", [input.metadata.name, late, last, interval])
}
