# METADATA
# title: Comparison of accounts is overdue
# description: Only a comparison with the source of truth finds orphaned accounts, because no review covers these accounts. The declared comparison is
#   late. The finding becomes an error after the grace period.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Run the comparison and set `spec.lifecycle.reconcile.last` to its date. Before the first one, set `firstBy` to at most one interval
#     ahead.
#   controls:
#     nist-800-53: [AC-2j]
#   params:
#     graceDays:
#       type: integer
#       default: 30
#       description: Days overdue after which the finding is an error
#       unit: days
#       source: "a judgement: a month to catch up"
package policies.review["reconcile-overdue"]

import data.policies.lib.apps
import data.policies.lib.counted
import data.policies.lib.dates

_grace := data.leaver.params["review/reconcile-overdue"].graceDays

findings contains {"path": ["spec", "lifecycle", "reconcile", "last"], "message": message, "severity": _severity(late)} if {
	apps.alive
	some last in [input.spec.lifecycle.reconcile.last]
	some interval in [input.spec.lifecycle.reconcile.everyDays]
	late := dates.days_since(last) - interval
	late > 0
	message := sprintf("%s: the comparison of accounts with the source of truth was due %s ago (last on %s, every %s)", [
		input.metadata.name, counted.days(late), last, counted.days(interval),
	])
}

# A declared stage needs an interval and a last date. Without them, nothing shows that a comparison takes place.
findings contains {"path": ["spec", "lifecycle", "reconcile", key], "message": message, "severity": "error"} if {
	apps.has_accounts
	some how in [input.spec.lifecycle.reconcile]
	not how.via == "none"
	some key, what in _missing
	not _declares(how, key)
	message := sprintf("%s: accounts are compared with the source of truth, but `reconcile` does not declare %s", [input.metadata.name, what])
}

_missing := {"everyDays": "how often", "last": "the date of the last comparison"}

_declares(how, key) if how[key]

# The first comparison may be in the future.
_declares(how, "last") if how.firstBy >= data.leaver.today

# A first comparison further ahead than the interval is too late.
findings contains {"path": ["spec", "lifecycle", "reconcile", "firstBy"], "message": message} if {
	apps.has_accounts
	some how in [input.spec.lifecycle.reconcile]
	not how.via == "none"
	not how.last
	some interval in [how.everyDays]
	some first in [how.firstBy]
	ahead := dates.days_left(first)
	ahead > interval
	message := sprintf("%s: the first comparison is due only in %s, but accounts are compared every %s", [
		input.metadata.name, counted.days(ahead), counted.days(interval),
	])
}

_severity(late) := "error" if late > _grace

_severity(late) := "warning" if late <= _grace
