# METADATA
# title: Two programs that make or end the same accounts
# description: Each of two programs that push the same accounts takes the work of the other for a mistake. One makes accounts anew that
#   the other has ended, or ends accounts that it never made, and all of them have to be enrolled again.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Switch one of the two off, or leave it only what the other does not do (`operations`). Where they go by two ways, you can state in
#     `spec.provisioning.precedence` which of them wins.
#   controls:
#     nist-800-53: ["IA-4", "AC-2e"]
#     pci-dss: ["8.2.1"]
package policies.hybrid["two-pushes"]

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.sign_ons
import data.policies.lib.ways

_programs := mechanisms.pushing | ways.jobs

# What an operation or a stage does to an account.
_makes := {"create": "make", "disable": "end", "delete": "end"}

_does := {"create": "make", "deprovision": "end"}

# [what, way, System or "", place].
_acts contains [_does[stage], how.via, system, ["spec", "lifecycle", stage, "via"]] if {
	some stage, how in object.filter(object.get(input, ["spec", "lifecycle"], {}), ["create", "deprovision"])
	how.via in _programs
	system := _runner(stage)
}

_acts contains [_makes[operation], via, system, ["spec", "provisioning", via, "operations"]] if {
	some via, block in object.filter(input.spec.provisioning, ["scim", "connector", "directory", "hr", "script", "automation"])
	some operation in block.operations
	_makes[operation]
	system := _behind(via, block)
}

_runner(stage) := mechanisms.system(stage)

_runner(stage) := "" if not _has_runner(stage)

_has_runner(stage) if mechanisms.system(stage)

_behind("scim", _) := sign_ons.system

_behind("scim", _) := "" if not sign_ons.system

_behind(via, block) := object.get(block, "system", "") if via != "scim"

# Another way, or the same one from another System.
_different(one, other) if one[1] != other[1]

_different(one, other) if {
	one[1] == other[1]
	one[2] != other[2]
	one[2] != ""
	other[2] != ""
}

# One of two ways wins; between two Systems a way cannot win over itself.
_winner(one, other) if {
	one[1] != other[1]
	input.spec.provisioning.precedence in {one[1], other[1]}
}

# The old and the new one run beside each other for a while.
_stated if input.spec.migration.plannedFor >= data.leaver.today

_called(via, "") := sprintf("`%s`", [via])

_called(via, system) := sprintf("`%s` of %s", [via, system]) if system != ""

findings contains {"path": place, "message": message, "related": related} if {
	apps.alive
	not _stated
	some what in ["make", "end"]
	pairs := {[one, other] |
		some one in _acts
		one[0] == what
		some other in _acts
		other[0] == what
		one < other
		_different(one, other)
		not _winner(one, other)
	}
	count(pairs) > 0
	[first, second] := min(pairs)
	place := second[3]
	message := sprintf("%s: both %s and %s %s accounts, and nothing says which of them wins", [
		input.metadata.name, _called(first[1], first[2]), _called(second[1], second[2]), what,
	])
	related := [{"kind": "App", "name": input.metadata.name, "path": first[3], "message": "the other one"}]
}
