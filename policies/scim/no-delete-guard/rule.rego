# METADATA
# title: Mass deletion without a guard
# description: A program that closes every account missing from a list closes all of them if the list is empty. A guard stops a run above a
#   threshold until a person approves it. At tier 1, or if the program deletes accounts, a missing guard is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set a threshold in the program, and declare it in `deleteGuard` of the mechanism or of its System, with the team that approves a
#     larger run.
#   controls:
#     nist-800-53: ["AC-2f", "SI-10"]
#     soc2: ["CC6.3"]
package policies.scim["no-delete-guard"]

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.ways

_stage := ways.closing

_via := input.spec.lifecycle[_stage].via

_operations := {operation | some operation in input.spec.provisioning[_via].operations}

# One run can close many accounts, because the mechanism compares lists or sends deletions.
_closes_many if _via in {"script", "automation", "csv", "directory"}

# An HR system closes its own accounts one by one.
_closes_many if {
	_via == "hr"
	not _own_hr_accounts
}

_own_hr_accounts if {
	some system in [mechanisms.system(_stage)]
	ways.is_app(system)
}

_closes_many if {
	_via in {"scim", "connector"}
	"delete" in _operations
}

_closes_many if {
	_via in {"scim", "connector"}
	_stage == "remove"
}

_closes_many if {
	_via == "connector"
	input.spec.lifecycle[_stage].effect == "delete"
}

_guarded if input.spec.provisioning[_via].deleteGuard.threshold

_guarded if data.leaver.catalogue.System[mechanisms.system(_stage)].spec.deleteGuard.threshold

_deletes if _stage == "remove"

_deletes if input.spec.lifecycle[_stage].effect == "delete"

_deletes if "delete" in _operations

default _severity := "warning"

_severity := "error" if apps.tier == 1

_severity := "error" if {
	apps.tier != 1
	_deletes
}

_verb := "deletes" if _deletes

_verb := "closes" if not _deletes

findings contains {"path": ["spec", "provisioning", _via, "deleteGuard"], "message": message, "severity": _severity, "related": related} if {
	apps.alive
	_closes_many
	not _guarded
	related := ways.runners({_stage}, "deleteGuard", "has no guard")
	message := sprintf("%s: `%s` %s accounts, and no `deleteGuard` limits how many in one run", [
		input.metadata.name, _via, _verb,
	])
}
