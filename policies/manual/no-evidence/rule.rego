# METADATA
# title: Closing of accounts leaves no evidence
# description: An auditor asks whether a person who left in March lost access, and only a record can answer the question. A removal by hand, by a
#   script or by a list leaves no record by default.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Set `evidence` to the record that is kept: `ticket`, `log` or `report`."
#   controls:
#     nist-800-53: ["AC-2(4)"]
#     soc2: [CC6.2/Prevents-the-Use-of-Credentials-When-No-Longer-Valid]
package policies.manual["no-evidence"]

import data.policies.lib.apps

# A description of the work by people, or by a program whose log must be kept.
_work_text := {
	"ticket": "by hand", "admin": "by hand", "runbook": "by hand", "vendor": "by hand",
	"script": "by a script", "automation": "by an automation", "csv": "by an uploaded list",
}

findings contains {"path": ["spec", "lifecycle", stage, "evidence"], "message": message} if {
	apps.alive
	some stage in ["deprovision", "remove"]
	some how in [input.spec.lifecycle[stage]]
	some by in [_work_text[how.via]]
	not _has_evidence(how)
	message := sprintf("%s: `%s` is done %s, but `evidence` is missing or `none`", [input.metadata.name, stage, by])
}

_has_evidence(how) if {
	evidence := how.evidence
	evidence != "none"
}
