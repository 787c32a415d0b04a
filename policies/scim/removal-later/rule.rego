# METADATA
# title: Deletion that is later than declared, or incomplete
# description: The system deletes accounts on its own schedule, and only if the person was deleted in the system. If the assignment ended
#   first, the account is disabled and stays in the app forever. The declared retention is not the real one.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `spec.lifecycle.remove.afterDays` to the time that the system takes, or use a faster mechanism, and compare the lists,
#     disabled accounts included (`spec.lifecycle.reconcile.covers`), to find remaining accounts. Set `sends` to the request that the system sends.
#   controls:
#     nist-800-53: [AC-2f, PS-4a]
#     iso-27001: [A.8.10]
package policies.scim["removal-later"]

import data.policies.lib.apps
import data.policies.lib.counted
import data.policies.lib.mechanisms
import data.policies.lib.vendors

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

# A membership rule takes leavers out of scope before anybody deletes them.
_out_of_scope_first if input.spec.provisioning[_stage.via].scope.by == "rule"

_compares_disabled if {
	mechanisms.done("reconcile")
	"disabled" in input.spec.lifecycle.reconcile.covers
}

# [severity, text about the missing comparison]
_missing_comparison := ["warning", "a membership rule ends the assignment, and `reconcile` does not cover disabled accounts"] if {
	_out_of_scope_first
	not _compares_disabled
}

_missing_comparison := ["info", "no `reconcile` stage compares the lists"] if {
	not _out_of_scope_first
	not mechanisms.done("reconcile")
}

findings contains {"path": ["spec", "lifecycle", "remove", "via"], "message": message, "severity": severity, "related": related} if {
	_pushed
	_facts.deletesUnassigned == false
	[severity, what] := _missing_comparison
	message := sprintf("%s: %s does not delete accounts whose assignment ended first, and %s", [input.metadata.name, _system, what])
	related := [{"kind": "System", "name": _system, "path": ["spec", "deletesUnassigned"], "message": "these accounts stay"}]
}

_ending := input.spec.lifecycle.deprovision

# The app can disable accounts. An app that cannot disable accounts receives a deletion.
_disabled_first if {
	some operation in input.spec.provisioning[_ending.via].operations
	operation == "disable"
	not input.spec.provisioning[_ending.via].softDeleteMapped == false
	not vendors.facts.activeMapped.value == false
}

findings contains {"path": ["spec", "lifecycle", "deprovision", "sends"], "message": message, "related": related} if {
	apps.alive
	_ending.sends == "delete"
	_ending.via in mechanisms.pushing
	_disabled_first
	some system in [mechanisms.system("deprovision")]
	some facts in [data.leaver.catalogue.System[system].spec]
	facts.deletesUnassigned == false
	facts.onUnassign == "disable"
	message := sprintf("%s: `deprovision` sends a deletion, but %s only disables when an assignment ends", [input.metadata.name, system])
	related := [{"kind": "System", "name": system, "path": ["spec", "onUnassign"], "message": "disables"}]
}
