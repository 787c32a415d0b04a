# METADATA
# title: Manual stage that nobody is asked to do
# description: A person acts only when something asks. A ticket without a queue or a runbook that is not named is a stage that
#   happens when somebody remembers.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Name the `queue` of a ticket, the `runbook` of a runbook stage, and either of them for what an administrator does by
#     hand.
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
	message := sprintf("%s: `%s` goes via `%s`, but has no `%s`", [input.metadata.name, stage, how.via, key])
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
	not hr.itself
}
