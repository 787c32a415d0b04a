# METADATA
# title: Deletion that comes later than declared, or not for everybody
# description: The system deletes accounts on a schedule of its own, and only for people who were deleted in it. Who lost the assignment first
#   stays disabled in the app for ever. What is kept too long, and for whom, is then not what the declaration says.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Declare in `afterDays` of `spec.lifecycle.remove` the time that the system takes, let something faster delete, and compare the lists
#     (`spec.lifecycle.reconcile`) to find the accounts that stayed.
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
	message := sprintf("%s: accounts are to be deleted after %s, but %s deletes them after %s", [
		input.metadata.name, counted.days(_stage.afterDays), _system, counted.days(_facts.deletesAfterDays),
	])
	related := [{"kind": "System", "name": _system, "path": ["spec", "deletesAfterDays"], "message": "when it deletes"}]
}

findings contains {"path": ["spec", "lifecycle", "remove", "via"], "message": message, "severity": "info", "related": related} if {
	_pushed
	_facts.deletesUnassigned == false
	not mechanisms.done("reconcile")
	message := sprintf("%s: %s deletes no account whose assignment ended first, and nothing compares the lists", [input.metadata.name, _system])
	related := [{"kind": "System", "name": _system, "path": ["spec", "deletesUnassigned"], "message": "these stay"}]
}
