# METADATA
# title: Queue that does not exist
# description: A ticket in a queue that nobody reads is never handled. The ticketing system declares its queues, and the stage names another one, so the
#   request to close an account goes nowhere.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Name a queue that exists, or add this one to `spec.queues` of the System.
#   controls:
#     nist-800-53: ["AC-2f", "PS-4a"]
#     iso-27001: ["A.6.5"]
#     cis-v8: ["6.2"]
package policies.catalogue["unknown-queue"]

import data.policies.lib.apps
import data.policies.lib.words

_queues(name) := {queue | some queue in data.leaver.catalogue.System[name].spec.queues}

_all := {queue |
	some _, system in data.leaver.catalogue.System
	some queue in system.spec.queues
}

# Those of the System that the stage names, if it declares some, else all that are declared.
_known(how) := own if {
	own := _queues(object.get(how, "system", ""))
	count(own) > 0
}

_known(how) := _all if count(_queues(object.get(how, "system", ""))) == 0

findings contains {"path": ["spec", "lifecycle", stage, "queue"], "message": message} if {
	apps.alive
	some stage, how in input.spec.lifecycle
	some queue in [how.queue]
	known := _known(how)
	count(known) > 0
	count({queue} - known) == 1
	message := sprintf("%s: `%s` goes to the queue `%s`, which no System has%s", [input.metadata.name, stage, queue, words.hint(queue, known)])
}
