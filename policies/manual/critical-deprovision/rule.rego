# METADATA
# title: Critical app whose accounts are closed by hand
# description: "For the most critical apps, and for restricted data, standards ask for automated removal: a person is on holiday
#   exactly when it matters."
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Let SCIM, a connector or a job disable the accounts, or waive this with a compensating control.
#   controls:
#     nist-800-53: ["AC-2(1)", "PS-4(2)"]
#     cis-v8: ["6.2"]
package policies.manual["critical-deprovision"]

import data.policies.lib.apps

_manual := {"ticket", "admin", "runbook", "vendor"}

_critical := "tier 1" if apps.tier == 1

_critical := "restricted data" if {
	apps.tier != 1
	input.spec.dataClass == "restricted"
}

findings contains {"path": ["spec", "lifecycle", "deprovision", "via"], "message": message} if {
	apps.alive
	input.spec.lifecycle.deprovision.via in _manual
	message := sprintf("%s: %s, but accounts are closed by hand (`%s`)", [input.metadata.name, _critical, input.spec.lifecycle.deprovision.via])
}
