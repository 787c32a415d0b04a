# METADATA
# title: Date of a past event is in the future
# description: A review, test, rotation or use cannot be dated later than today. A wrong year disables every rule about overdue work until the
#   declared day.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set the day on which the event took place. The date of the next event is not declared, since it follows from the interval.
#   controls:
#     nist-800-53: [AC-2j]
#   params:
#     maxDays:
#       type: integer
#       default: 1
#       description: Number of days by which a date may be in the future, because of time zones
#       unit: days
#       source: "a judgement: time zones"
package policies.review["future-date"]

import data.policies.lib.apps
import data.policies.lib.dates

_max := data.leaver.params["review/future-date"].maxDays

# [path, date] of past events.
_done contains [["spec", "lifecycle", stage, "last"], how.last] if {
	some stage, how in input.spec.lifecycle
	how.last
}

_done contains [["spec", list, at, key], day] if {
	some list in ["roles", "breakGlass", "nonHuman", "thirdPartyGrants"]
	some at, item in input.spec[list]
	some key, day in object.filter(item, ["lastReview", "lastRotated", "testedOn", "lastUsed", "created", "grantedOn"])
}

_done contains [["spec", "localAccounts", "accounts", at, "lastReview"], account.lastReview] if {
	some at, account in input.spec.localAccounts.accounts
	account.lastReview
}

_done contains [["spec", "localAccounts", "checkedOn"], day] if some day in [input.spec.localAccounts.checkedOn]

_done contains [["spec", "provisioning", "shared", "lastRotated"], day] if {
	some day in [input.spec.provisioning.shared.lastRotated]
}

_done contains [["spec", "provisioning", "jit", "testedOn"], day] if some day in [input.spec.provisioning.jit.testedOn]

findings contains {"path": path, "message": message} if {
	apps.alive
	some [path, day] in _done
	day > data.leaver.today
	dates.days_left(day) > _max
	message := sprintf("%s: the date `%s` is in the future (%s)", [input.metadata.name, path[count(path) - 1], day])
}
