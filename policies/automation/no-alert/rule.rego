# METADATA
# title: Automation failures alert nobody
# description: "A workflow that stops leaves no trace in the applications: all that is missing is the leavers. An automation product
#   runs for many applications, so nobody misses a single one."
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: System
#   fix: "Name in `spec.alert` who hears of failures, or declare `alertsByDefault: true` if the product tells its owner without
#     further setup."
#   controls:
#     nist-800-53: ["AC-2(4)", "CA-7"]
package policies.automation["no-alert"]

import data.policies.lib.automations

_heard if input.spec.alert

_heard if input.spec.alertsByDefault == true

findings contains {"path": ["spec", "alert"], "message": message} if {
	automations.running
	not _heard
	message := sprintf("%s: nobody is named who hears when a workflow fails", [input.metadata.name])
}
