# METADATA
# title: Automation failures alert nobody
# description: A stopped workflow leaves no trace in the apps, and accounts of leavers stay open. An automation product serves many apps, so a
#   failure affects all of them.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: System
#   fix: "Set `spec.alert`, or `alertsByDefault: true` if the product alerts its owner by default."
#   controls:
#     nist-800-53: ["AC-2(4)", "CA-7"]
package policies.automation["no-alert"]

import data.policies.lib.automations

_has_alert if input.spec.alert

_has_alert if input.spec.alertsByDefault == true

findings contains {"path": ["spec", "alert"], "message": message} if {
	automations.running
	not _has_alert
	message := sprintf("%s: no `alert` is declared for failures of workflows", [input.metadata.name])
}
