# METADATA
# title: Credential without a review
# description: Only a review finds a token that is no longer needed, and reviews of people's access do not cover tokens by default.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `reviewEveryDays` and `lastReview` of the entry, or add `nonHuman` to `covers` of the app's review.
#   controls:
#     nist-800-53: [AC-2j, "AC-6(7)(b)"]
#     pci-dss: ["7.2.5.1"]
#     soc2: [CC6.2/Reviews-Validity-of-Access-Credentials]
#     cis-v8: ["5.5"]
#   params:
#     maxDays:
#       type: integer
#       default: 90
#       description: Maximum time between two reviews
#       unit: days
#       source: CIS 5.5; PCI DSS 7.2.5.1 leaves the interval to a risk analysis
package policies.credential.unreviewed

import data.policies.lib.counted
import data.policies.lib.credentials
import data.policies.lib.dates

_max := data.leaver.params["credential/unreviewed"].maxDays

# The review of the app, if it covers credentials.
_of_app[key] := value if {
	"nonHuman" in input.spec.lifecycle.review.covers
	some key, value in object.filter(input.spec.lifecycle.review, ["everyDays", "last"])
}

# The declared intervals of each credential, by its index.
_intervals[at] := _values(item, "reviewEveryDays", "everyDays") if some at, item in credentials.live

# The interval of each credential, by its index. If both the entry and the app have a review, the shorter interval applies.
_interval[at] := min(intervals) if {
	some at, intervals in _intervals
	count(intervals) > 0
}

_values(item, own, of_app) := {item[own] | item[own]} | {_of_app[of_app] | _of_app[of_app]}

findings contains {"path": ["spec", "nonHuman", at, "reviewEveryDays"], "message": message} if {
	some at, intervals in _intervals
	count(intervals) == 0
	item := credentials.live[at]
	message := sprintf("%s: the credential `%s` has no review (limit %s)", [input.metadata.name, item.name, counted.days(_max)])
}

findings contains {"path": ["spec", "nonHuman", at, "reviewEveryDays"], "message": message} if {
	some at, interval in _interval
	interval > _max
	item := credentials.live[at]
	message := sprintf("%s: the credential `%s` is reviewed every %s (limit %s)", [
		input.metadata.name, item.name, counted.days(interval), counted.days(_max),
	])
}

findings contains {"path": ["spec", "nonHuman", at, "lastReview"], "message": message} if {
	some at, interval in _interval
	interval <= _max
	item := credentials.live[at]
	reviews := _values(item, "lastReview", "last")
	count(reviews) > 0
	since := dates.days_since(max(reviews))
	limit := _limit(item, interval)
	since > limit
	message := sprintf("%s: the last review of the credential `%s` was %s ago (limit %s)", [
		input.metadata.name, item.name, counted.days(since), counted.days(limit),
	])
}

# If the app's review has no date, only the interval of the credential's own review counts.
_has_own_review_only(item) if {
	item.reviewEveryDays
	item.lastReview
	not _of_app.last
}

_limit(item, _) := item.reviewEveryDays if _has_own_review_only(item)

_limit(item, interval) := interval if not _has_own_review_only(item)

findings contains {"path": ["spec", "nonHuman", at, "lastReview"], "message": message} if {
	some at, interval in _interval
	interval <= _max
	item := credentials.live[at]
	count(_values(item, "lastReview", "last")) == 0
	not _first_review_not_due(item, interval)
	message := sprintf("%s: the credential `%s` is reviewed every %s, but no review is recorded", [
		input.metadata.name, item.name, counted.days(interval),
	])
}

# The first review of the credential is not due yet.
_first_review_not_due(item, interval) if dates.days_since(item.created) <= interval
