# METADATA
# title: Nothing proves that the account was closed
# description: When an auditor asks whether somebody who left in March lost access, only a record answers. A removal by hand
#   leaves none unless it is asked for.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Say in `evidence` what is kept: `ticket`, `log`, `report`."
#   controls:
#     nist-800-53: ["AC-2(4)"]
#     soc2: [CC6.2/Prevents-the-Use-of-Credentials-When-No-Longer-Valid]
package policies.manual["no-evidence"]

import data.policies.lib.apps

_manual := {"ticket", "admin", "runbook", "vendor"}

findings contains {"path": ["spec", "lifecycle", stage, "evidence"], "message": message} if {
	apps.alive
	some stage in ["deprovision", "remove"]
	some how in [input.spec.lifecycle[stage]]
	how.via in _manual
	not _kept(how)
	message := sprintf("%s: `%s` is done by hand and leaves no evidence", [input.metadata.name, stage])
}

_kept(how) if {
	evidence := how.evidence
	evidence != "none"
}
