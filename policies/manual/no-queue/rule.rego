# METADATA
# title: Manual stage that nobody is asked to do
# description: A person acts only when something asks. A ticket without a queue, a runbook that is not named, or a stage without a
#   time is a stage that happens when somebody remembers.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Name the `queue` (or the `runbook`) and `slaHours` of the stage.
#   controls:
#     nist-800-53: [AC-2f, AC-2h]
#     cis-v8: ["6.1", "6.2"]
package policies.manual["no-queue"]

import data.policies.lib.apps

_manual := {"ticket", "admin", "runbook"}

_stages := {"create", "update", "entitle", "deprovision", "remove", "revokeSessions", "revokeCredentials", "reactivate"}

findings contains {"path": ["spec", "lifecycle", stage, key], "message": message} if {
	apps.alive
	some stage, how in input.spec.lifecycle
	stage in _stages
	how.via in _manual
	key := _missing(how)
	message := sprintf("%s: `%s` is done by hand, but has no `%s`", [input.metadata.name, stage, key])
}

_missing(how) := "queue" if {
	not how.queue
	not how.runbook
}

_missing(how) := "slaHours" if {
	_asked(how)
	not how.slaHours
}

_asked(how) if how.queue

_asked(how) if how.runbook
