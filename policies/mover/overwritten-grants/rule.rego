# METADATA
# title: Rights given by hand that the next run takes away
# description: A push of groups or entitlements, and a sign-in that synchronises roles, write the whole list each time. A right that
#   somebody gave by hand is gone after the next run, or comes back after somebody took it away, and both are found by the people who need
#   the right. A privileged role makes it an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Give the right where the list comes from: by a group or entitlement of the identity provider, and name that as `system` of
#     `spec.lifecycle.entitle`. If the push leaves these rights alone, say so in `spec.provisioning.attributes`: an entry `roles`, with the
#     `authority` that decides or the `via` by which they are given."
#   controls:
#     nist-800-53: ["IA-4(9)", "AC-2h.3", "PS-5"]
#     iso-27001: ["A.5.18"]
#     soc2: ["CC6.3"]
package policies.mover["overwritten-grants"]

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.sign_ons
import data.policies.lib.ways

# [place, what writes the whole list, the Systems that do].
_writers contains [["spec", "provisioning", via, "operations"], sprintf("`%s` pushes `%s`", [via, operation]), mechanisms.systems(via)] if {
	some via, block in object.filter(input.spec.provisioning, ["scim", "connector", "directory", "hr"])
	some operation in block.operations
	operation in {"groups", "entitlements"}
}

_writers contains [["spec", "provisioning", "jit", "roleSync"], "each sign-in makes the roles equal to what was sent", sign_ons.systems] if {
	input.spec.provisioning.jit.roleSync == "sync"
}

# The writers that do not write what somebody gave in this System: its own list has it.
_overwriting(system) := {[place, what] |
	some [place, what, systems] in _writers
	not system in systems
}

# An attribute says who decides about rights, and it is no push.
_settled if {
	some attribute in input.spec.provisioning.attributes
	lower(attribute.name) in {"roles", "role", "groups", "group", "entitlements", "entitlement", "permissions", "rights"}
	_decided(attribute)
}

_decided(attribute) if {
	attribute.via
	not attribute.via in mechanisms.pushing
	attribute.via != "jit"
}

_decided(attribute) if {
	attribute.authority
	not attribute.via
}

# [path, what is given by hand and what becomes of it, severity, writers].
_by_hand contains [["spec", "lifecycle", "entitle", "via"], words, "warning", _overwriting(system)] if {
	via := input.spec.lifecycle.entitle.via
	via in ways.by_hand
	system := object.get(input, ["spec", "lifecycle", "entitle", "system"], "")
	words := sprintf("rights are given by hand (`%s`), and the next run overwrites them", [via])
}

_by_hand contains [["spec", "roles", at, "grant"], words, severity, _overwriting("")] if {
	some at, role in input.spec.roles
	role.grant in {"admin", "vendor"}
	severity := _grade(role)
	words := sprintf("the role `%s` is given by hand (`%s`), and the next run overwrites it", [role.name, role.grant])
}

_grade(role) := "error" if role.privileged == true

_grade(role) := "warning" if not role.privileged == true

findings contains {"path": path, "message": message, "severity": severity, "related": related} if {
	apps.alive
	not _settled
	some [path, hand, severity, writers] in _by_hand
	count(writers) > 0
	[place, writer] := min(writers)
	message := sprintf("%s: %s: %s", [input.metadata.name, hand, writer])
	related := [{"kind": "App", "name": input.metadata.name, "path": place, "message": "writes the whole list"}]
}
