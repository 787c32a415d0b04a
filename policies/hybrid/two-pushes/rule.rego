# METADATA
# title: Two programs create or close the same accounts
# description: Two programs that push the same accounts undo each other's work. One recreates accounts that the other has closed, or closes
#   accounts that it never created.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Switch one of the two off, or limit its `operations` to those that the other does not perform. If they are different mechanisms, you can set
#     `spec.provisioning.precedence` to the one that wins.
#   controls:
#     nist-800-53: ["IA-4", "AC-2e"]
#     pci-dss: ["8.2.1"]
package policies.hybrid["two-pushes"]

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.sign_ons
import data.policies.lib.ways

_programs := mechanisms.pushing | ways.programs

# The effect of an operation or a stage on an account.
_operation_effect := {"create": "create", "disable": "close", "delete": "close"}

_stage_effect := {"create": "create", "deprovision": "close"}

# [effect, mechanism, System or "", path] of each declared effect.
_effects contains [_stage_effect[stage], how.via, system, ["spec", "lifecycle", stage, "via"]] if {
	some stage, how in object.filter(object.get(input, ["spec", "lifecycle"], {}), ["create", "deprovision"])
	how.via in _programs
	system := _runner(stage)
}

_effects contains [_operation_effect[operation], via, system, ["spec", "provisioning", via, "operations"]] if {
	some via, block in object.filter(input.spec.provisioning, ["scim", "connector", "directory", "hr", "script", "automation"])
	some operation in block.operations
	_operation_effect[operation]
	system := _system_of(via, block)
}

_runner(stage) := mechanisms.system(stage)

_runner(stage) := "" if not _has_runner(stage)

_has_runner(stage) if mechanisms.system(stage)

_system_of("scim", _) := sign_ons.system

_system_of("scim", _) := "" if not sign_ons.system

_system_of(via, block) := object.get(block, "system", "") if via != "scim"

# The effects come from two mechanisms, or from two Systems with the same mechanism.
_different(one, other) if one[1] != other[1]

_different(one, other) if {
	one[1] == other[1]
	one[2] != other[2]
	one[2] != ""
	other[2] != ""
}

# `precedence` decides between two mechanisms, not between two Systems with the same mechanism.
_winner(one, other) if {
	one[1] != other[1]
	input.spec.provisioning.precedence in {one[1], other[1]}
}

# Until the migration, the old and the new mechanism may overlap.
_migration_planned if input.spec.migration.plannedFor >= data.leaver.today

_mechanism_text(via, "") := sprintf("`%s`", [via])

_mechanism_text(via, system) := sprintf("`%s` of %s", [via, system]) if system != ""

findings contains {"path": place, "message": message, "related": related} if {
	apps.alive
	not _migration_planned
	some what in ["create", "close"]
	pairs := {[one, other] |
		some one in _effects
		one[0] == what
		some other in _effects
		other[0] == what
		one < other
		_different(one, other)
		not _winner(one, other)
	}
	count(pairs) > 0
	[first, second] := min(pairs)
	place := second[3]
	message := sprintf("%s: both %s and %s %s accounts, but `precedence` does not declare which one wins", [
		input.metadata.name, _mechanism_text(first[1], first[2]), _mechanism_text(second[1], second[2]), what,
	])
	related := [{"kind": "App", "name": input.metadata.name, "path": first[3], "message": "the other mechanism"}]
}
