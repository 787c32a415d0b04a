# METADATA
# title: Accounts of a critical app are closed by hand
# description: For critical apps and restricted data, standards require automated removal, because people who close accounts by hand may be absent
#   in an emergency.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Let SCIM, a connector or a job disable the accounts, or waive the finding and name a compensating control.
#   controls:
#     nist-800-53: ["AC-2(1)", "PS-4(2)"]
#     cis-v8: ["6.2"]
#   params:
#     maxTier:
#       type: integer
#       default: 1
#       description: Highest tier number for which manual deprovisioning is reported
#       minimum: 0
#       maximum: 4
#       source: NIST SP 800-53 AC-2(1) and PS-4(2) require automation; the tier is a judgement
#     dataClasses:
#       type: array
#       default: ["restricted"]
#       description: Data classes for which manual deprovisioning is reported in every tier
#       source: NIST SP 800-53 AC-2(1) and PS-4(2) require automation; the class is a judgement
package policies.manual["critical-deprovision"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

_manual := {"ticket", "admin", "runbook", "vendor"}

_params := data.leaver.params["manual/critical-deprovision"]

_by_tier if apps.tier <= _params.maxTier

_critical := sprintf("tier %d", [apps.tier]) if _by_tier

_critical := sprintf("%s data", [input.spec.dataClass]) if {
	not _by_tier
	input.spec.dataClass in _params.dataClasses
}

# The stage that ends access: `deprovision`, or `remove` if `deprovision` is not done.
_closing := "deprovision" if mechanisms.done("deprovision")

_closing := "remove" if {
	not mechanisms.done("deprovision")
	mechanisms.done("remove")
}

findings contains {"path": ["spec", "lifecycle", _closing, "via"], "message": message} if {
	apps.alive
	some how in [input.spec.lifecycle[_closing]]
	how.via in _manual
	message := sprintf("%s: the app has %s, but accounts are closed by hand (`%s`)", [input.metadata.name, _critical, how.via])
}
