# METADATA
# title: Nothing proves that the account was closed
# description: When an auditor asks whether somebody who left in March lost access, only a record answers. A removal by hand, by a script
#   or by a list leaves none unless it is asked for.
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

# What was done, in words: by people, or by a program whose log somebody has to keep.
_doing := {
	"ticket": "by hand", "admin": "by hand", "runbook": "by hand", "vendor": "by hand",
	"script": "by a script", "automation": "by an automation", "csv": "by an uploaded list",
}

findings contains {"path": ["spec", "lifecycle", stage, "evidence"], "message": message} if {
	apps.alive
	some stage in ["deprovision", "remove"]
	some how in [input.spec.lifecycle[stage]]
	some by in [_doing[how.via]]
	not _kept(how)
	message := sprintf("%s: `%s` is done %s and leaves no evidence", [input.metadata.name, stage, by])
}

_kept(how) if {
	evidence := how.evidence
	evidence != "none"
}
