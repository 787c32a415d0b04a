# METADATA
# title: JIT although the vendor offers SCIM
# description: Accounts that change only at sign-in drift from the directory and stay open after people leave. The vendor documents
#   automated provisioning, so JIT alone is a choice, not a limit of the product.
# custom:
#   severity: warning
#   precision: medium
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Switch SCIM on and set `mode: hybrid` or `mode: scim`, or waive the finding and state the reason (licence, plan)."
#   controls:
#     nist-800-53: ["AC-2(1)"]
#     cis-v8: ["6.1", "6.2"]
#   params:
#     maxFactAgeDays:
#       type: integer
#       default: 3650
#       unit: days
#       description: Maximum age of a vendor fact, in days
#     strongFactAgeDays:
#       type: integer
#       default: 365
#       unit: days
#       description: Maximum age of a fact verified by a person, in days, for apps in which roles seldom change
package policies.jit["scim-available"]

import data.policies.lib.apps
import data.policies.lib.vendors

_params := data.leaver.params["jit/scim-available"]

_offered := vendors.facts.scim if {
	vendors.facts.scim.value == "offered"
	not vendors.facts.creates.value == "no"
	not vendors.facts.protocol.value == "indirect"
	vendors.fresh(vendors.facts.scim, _params.maxFactAgeDays)
}

_is_worth_reporting if input.spec.roleChurn == "high"

_is_worth_reporting if {
	vendors.read_by_a_person(_offered)
	vendors.fresh(_offered, _params.strongFactAgeDays)
}

# SCIM may need a more expensive plan. If a plan is known, the finding is `info`, unless roles change often.
_severity := "info" if {
	vendors.facts.scimPlan
	not input.spec.roleChurn == "high"
}

_severity := "warning" if not vendors.facts.scimPlan

_severity := "warning" if input.spec.roleChurn == "high"

_plan := sprintf(", plan %s", [vendors.facts.scimPlan.value])

_plan := "" if not vendors.facts.scimPlan

_churn := "roles change often and " if input.spec.roleChurn == "high"

_churn := "" if not input.spec.roleChurn == "high"

findings contains {"path": ["spec", "provisioning", "mode"], "message": message, "severity": _severity} if {
	apps.alive
	apps.mode == "jit"
	_is_worth_reporting
	message := sprintf("%s: %s%s offers automated provisioning%s, but the mode is `jit` (%s)", [
		input.metadata.name, _churn, vendors.vendor.title, _plan, vendors.cited(_offered),
	])
}
