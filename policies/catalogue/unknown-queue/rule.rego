# METADATA
# title: Unknown queue
# description: A stage or `closedBy` names a queue that the ticketing system does not declare. Nobody handles a request in
#   an unknown queue, so the account stays open.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `queue` to an existing queue, or add this queue to `spec.queues` of the System.
#   controls:
#     nist-800-53: ["AC-2f", "PS-4a"]
#     iso-27001: ["A.6.5"]
#     cis-v8: ["6.2"]
package policies.catalogue["unknown-queue"]

import data.policies.lib.apps
import data.policies.lib.references
import data.policies.lib.words

_queues(name) := {queue | some queue in data.leaver.catalogue.System[name].spec.queues}

# The Systems that declare each queue.
_declared_queues := data.leaver.lookup.System.queues

# The System of the step declares its queues.
findings contains {"path": array.concat(path, ["queue"]), "message": message} if {
	apps.alive
	some [path, how] in references.steps
	some queue in [how.queue]
	known := _queues(object.get(how, "system", ""))
	count(known) > 0
	count({queue} - known) == 1
	message := sprintf("%s: `%s` uses the queue `%s`, which %s does not have%s", [
		input.metadata.name, path[count(path) - 1], queue, how.system, words.hint(queue, known),
	])
}

# The step names no System with declared queues. Its queue may exist without a declaration, so the rule reports only likely typos.
findings contains {"path": array.concat(path, ["queue"]), "message": message, "severity": "warning"} if {
	apps.alive
	count(_declared_queues) > 0
	some [path, how] in references.steps
	some queue in [how.queue]
	count(_queues(object.get(how, "system", ""))) == 0
	not _declared_queues[queue]
	hint := words.hint(queue, words.alike(queue, data.leaver.lookup.System.starts.queues))
	hint != ""
	message := sprintf("%s: `%s` uses the queue `%s`, which no System declares%s", [
		input.metadata.name, path[count(path) - 1], queue, hint,
	])
}
