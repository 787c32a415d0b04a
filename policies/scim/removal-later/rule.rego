# METADATA
# title: Deletion that is later than declared, or incomplete
# description: The system deletes accounts on its own schedule, and only for people who were deleted in it. People whose assignment ended
#   first stay disabled in the app forever. The declared retention is not the real one.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `spec.lifecycle.remove.afterDays` to the time that the system takes, or use a faster mechanism, and compare the lists
#     (`spec.lifecycle.reconcile`) to find remaining accounts.
#   controls:
#     nist-800-53: [AC-2f, PS-4a]
#     iso-27001: [A.8.10]
package policies.scim["removal-later"]

import data.policies.lib.apps
import data.policies.lib.counted
import data.policies.lib.mechanisms

_stage := input.spec.lifecycle.remove

_system := mechanisms.system("remove")

_facts := data.leaver.catalogue.System[_system].spec

_pushed if {
	apps.alive
	_stage.via in mechanisms.pushing
}

findings contains {"path": ["spec", "lifecycle", "remove", "afterDays"], "message": message, "related": related} if {
	_pushed
	_stage.afterDays < _facts.deletesAfterDays
	message := sprintf("%s: accounts should be deleted after %s, but %s deletes them after %s", [
		input.metadata.name, counted.days(_stage.afterDays), _system, counted.days(_facts.deletesAfterDays),
	])
	related := [{"kind": "System", "name": _system, "path": ["spec", "deletesAfterDays"], "message": "time of deletion"}]
}

findings contains {"path": ["spec", "lifecycle", "remove", "via"], "message": message, "severity": "info", "related": related} if {
	_pushed
	_facts.deletesUnassigned == false
	not mechanisms.done("reconcile")
	message := sprintf("%s: %s does not delete accounts whose assignment ended first, and no `reconcile` stage compares the lists", [input.metadata.name, _system])
	related := [{"kind": "System", "name": _system, "path": ["spec", "deletesUnassigned"], "message": "these stay"}]
}
