# METADATA
# title: Manual grants that the next run overwrites
# description: A push of groups or entitlements, or a sign-in with `roleSync`, replaces the whole list. A right granted by hand disappears
#   at the next run, and a right withdrawn by hand comes back. For a privileged role, the finding is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Grant the right at the source, by a group or entitlement of the system that pushes, and set `spec.lifecycle.entitle.system` to it.
#     If the push does not touch these rights, add a `roles` entry to `spec.provisioning.attributes` with its `authority` or `via`."
#   controls:
#     nist-800-53: ["IA-4(9)", "AC-2h.3", "PS-5"]
#     iso-27001: ["A.5.18"]
#     soc2: ["CC6.3"]
package policies.mover["overwritten-grants"]

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.sign_ons
import data.policies.lib.ways

# [path, text, Systems] of each push or sign-in that replaces a list of rights.
_writers contains [["spec", "provisioning", via, "operations"], sprintf("`%s` pushes `%s`", [via, operation]), mechanisms.systems(via)] if {
	some via, block in object.filter(input.spec.provisioning, ["scim", "connector", "directory", "hr"])
	some operation in block.operations
	operation in {"groups", "entitlements"}
}

_writers contains [["spec", "provisioning", "jit", "roleSync"], "each sign-in replaces the roles with those that were sent", sign_ons.systems] if {
	input.spec.provisioning.jit.roleSync == "sync"
}

# Writers whose Systems do not include the System in which the right is granted.
_overwriting(system) := {[place, what] |
	some [place, what, systems] in _writers
	not system in systems
}

# An entry of `attributes` assigns rights to a mechanism that is neither a push nor the sign-in.
_authority_declared if {
	some attribute in input.spec.provisioning.attributes
	lower(attribute.name) in {"roles", "role", "groups", "group", "entitlements", "entitlement", "permissions", "rights"}
	_decides_rights(attribute)
}

_decides_rights(attribute) if {
	attribute.via
	not attribute.via in mechanisms.pushing
	attribute.via != "jit"
}

_decides_rights(attribute) if {
	attribute.authority
	not attribute.via
}

# [path, description of the grant, severity, writers].
_by_hand contains [["spec", "lifecycle", "entitle", "via"], text, "warning", _overwriting(system)] if {
	via := input.spec.lifecycle.entitle.via
	via in ways.by_hand
	system := object.get(input, ["spec", "lifecycle", "entitle", "system"], "")
	text := sprintf("rights are granted by hand (`%s`), but the next run overwrites them", [via])
}

_by_hand contains [["spec", "roles", at, "grant"], text, severity, _overwriting("")] if {
	some at, role in input.spec.roles
	role.grant in {"admin", "vendor"}
	severity := _severity_of(role)
	text := sprintf("the role `%s` is granted by hand (`%s`), but the next run overwrites it", [role.name, role.grant])
}

_severity_of(role) := "error" if role.privileged == true

_severity_of(role) := "warning" if not role.privileged == true

findings contains {"path": path, "message": message, "severity": severity, "related": related} if {
	apps.alive
	not _authority_declared
	some [path, text, severity, writers] in _by_hand
	count(writers) > 0
	[place, writer] := min(writers)
	message := sprintf("%s: %s: %s", [input.metadata.name, text, writer])
	related := [{"kind": "App", "name": input.metadata.name, "path": place, "message": "replaces the whole list"}]
}
