# METADATA
# title: Nobody has seen an account being closed
# description: "What is set up is not yet what happens: a switch is off, an attribute is not mapped, the app ignores the call. A test with
#   one account takes an hour; without one, the first leaver is the test. At tier 1 that is an error."
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Let a test person leave, look at the account in the app, and write the day into `testedOn` of `spec.lifecycle.deprovision`. Test
#     again when a date is too old.
#   controls:
#     nist-800-53: ["CA-7", "PS-4a", "AC-2(3)"]
#     soc2: ["CC6.3"]
#   params:
#     maxDays:
#       type: integer
#       default: 365
#       description: Longest time since the last test
#       unit: days
#       minimum: 1
#       source: "a judgement: once a year"
package policies.leaver.untested

import data.policies.lib.apps
import data.policies.lib.counted
import data.policies.lib.dates
import data.policies.lib.mechanisms

_max := data.leaver.params["leaver/untested"].maxDays

_in_use if {
	apps.alive
	not input.spec.status == "planned"
}

_stage := input.spec.lifecycle.deprovision

# Tests are asked of what works without a person. Accounts that are compared regularly show whether they are closed.
_shown if {
	mechanisms.done("reconcile")
	input.spec.lifecycle.reconcile.everyDays
	input.spec.lifecycle.reconcile.last
}

_shown_otherwise("deprovision") if _shown

default _severity := "warning"

_severity := "error" if apps.tier == 1

findings contains {"path": ["spec", "lifecycle", "deprovision", "testedOn"], "message": message, "severity": _severity} if {
	_in_use
	_stage.via in apps.automatic
	not _stage.testedOn
	not _shown
	message := sprintf("%s: `%s` closes accounts, and nothing says that anybody has ever seen it do so", [input.metadata.name, _stage.via])
}

findings contains {"path": ["spec", "lifecycle", stage, "testedOn"], "message": message, "severity": _severity} if {
	_in_use
	some stage in ["deprovision", "revokeSessions", "reactivate"]
	input.spec.lifecycle[stage].via in apps.automatic
	not _shown_otherwise(stage)
	some day in [input.spec.lifecycle[stage].testedOn]
	age := dates.days_since(day)
	age > _max
	message := sprintf("%s: `%s` was last tested %s ago, limit is %s", [input.metadata.name, stage, counted.days(age), counted.days(_max)])
}

findings contains {"path": ["spec", "lifecycle", stage, "testedOn"], "message": message, "severity": _severity} if {
	_in_use
	some stage in ["deprovision", "revokeSessions", "reactivate"]
	some day in [input.spec.lifecycle[stage].testedOn]
	dates.future(day)
	message := sprintf("%s: `%s` has the test date %s, which is in the future", [input.metadata.name, stage, day])
}
