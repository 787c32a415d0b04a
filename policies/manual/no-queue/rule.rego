# METADATA
# title: Manual stage without a queue or runbook
# description: A ticket without a queue may reach nobody, and a manual step without a runbook depends on memory.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set the `queue` of a ticket, the `runbook` of a runbook stage, and one of them for an administrator's manual work.
#   controls:
#     nist-800-53: ["AC-2f", "AC-2h"]
#     cis-v8: ["6.1", "6.2"]
package policies.manual["no-queue"]

import data.policies.lib.apps
import data.policies.lib.hr

findings contains {"path": ["spec", "lifecycle", stage, key], "message": message} if {
	apps.alive
	some stage, how in input.spec.lifecycle
	how.via in {"admin", "runbook", "ticket"}
	some key in [_missing(how)]
	message := sprintf("%s: `%s` has `via: %s`, but no `%s`", [input.metadata.name, stage, how.via, key])
}

_missing(how) := "queue" if {
	how.via == "ticket"
	not how.queue
}

_missing(how) := "runbook" if {
	how.via == "runbook"
	not how.runbook
}

_missing(how) := "queue" if {
	how.via == "admin"
	not how.queue
	not how.runbook
	not hr.is_hr_system
}
