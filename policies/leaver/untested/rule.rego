# METADATA
# title: Deprovisioning was never tested
# description: A mechanism may be set up and still fail, for example because a switch is off, an attribute is not mapped, or the app ignores the call.
#   A test with one account takes an hour. Without a test, the first leaver is the test. At tier 1, the finding is an error. An untested reactivation
#   may fail, or restore privileged roles.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Try the stage with a test user: check in the app that the account is closed, that open sessions end, or that a returning person
#     gets in. Set `testedOn` of that stage in `spec.lifecycle` to the day, and repeat the test when the date is too old."
#   controls:
#     nist-800-53: ["CA-7", "PS-4a", "AC-2(3)"]
#     soc2: ["CC6.3"]
#   params:
#     maxDays:
#       type: integer
#       default: 365
#       description: Maximum time since the last test
#       unit: days
#       minimum: 1
#       source: "a judgement: once a year"
package policies.leaver.untested

import data.policies.lib.apps
import data.policies.lib.counted
import data.policies.lib.dates
import data.policies.lib.mechanisms

_max := data.leaver.params["leaver/untested"].maxDays

_stage := input.spec.lifecycle.deprovision

# Only mechanisms that work without people need tests. A regular comparison also shows whether accounts are closed.
_reconciled if {
	mechanisms.done("reconcile")
	input.spec.lifecycle.reconcile.everyDays
	input.spec.lifecycle.reconcile.last
}

_verified_otherwise("deprovision") if _reconciled

default _severity := "warning"

_severity := "error" if apps.tier == 1

findings contains {"path": ["spec", "lifecycle", "deprovision", "testedOn"], "message": message, "severity": _severity} if {
	apps.in_use
	_stage.via in apps.automatic
	not _stage.testedOn
	not _reconciled
	message := sprintf("%s: `%s` closes accounts, but no test is declared (`testedOn`)", [input.metadata.name, _stage.via])
}

# Many products keep the sessions of an account open after a deactivation by SCIM. A comparison of accounts does not show open sessions.
findings contains {"path": ["spec", "lifecycle", "revokeSessions", "testedOn"], "message": message, "severity": _severity} if {
	apps.in_use
	input.spec.lifecycle.revokeSessions.via == "scim"
	not input.spec.lifecycle.revokeSessions.testedOn
	message := sprintf("%s: `scim` is declared to end open sessions, but no test shows that a deactivation ends them (`testedOn`)", [input.metadata.name])
}

# A returning person may get no account, or an account with the old roles.
findings contains {"path": ["spec", "lifecycle", "reactivate", "testedOn"], "message": message, "severity": "info"} if {
	apps.has_accounts
	mechanisms.untested_return
	message := sprintf("%s: `%s` reactivates accounts, but no test shows what happens to the privileged roles (`testedOn`)", [
		input.metadata.name, input.spec.lifecycle.reactivate.via,
	])
}

findings contains {"path": ["spec", "lifecycle", stage, "testedOn"], "message": message, "severity": _severity} if {
	apps.in_use
	some stage in ["deprovision", "revokeSessions", "reactivate"]
	input.spec.lifecycle[stage].via in apps.automatic
	not _verified_otherwise(stage)
	some day in [input.spec.lifecycle[stage].testedOn]
	age := dates.days_since(day)
	age > _max
	message := sprintf("%s: `%s` was last tested %s ago (limit %s)", [input.metadata.name, stage, counted.days(age), counted.days(_max)])
}

findings contains {"path": ["spec", "lifecycle", stage, "testedOn"], "message": message, "severity": "error"} if {
	apps.in_use
	some stage in ["deprovision", "revokeSessions", "reactivate"]
	some day in [input.spec.lifecycle[stage].testedOn]
	dates.future(day)
	message := sprintf("%s: `%s` has a test date in the future (%s)", [input.metadata.name, stage, day])
}
