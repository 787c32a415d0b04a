# METADATA
# title: Stage needs an operation that is switched off
# description: The declared operations of a mechanism lack an operation that a stage needs. In Okta, every operation is a separate switch,
#   and a missing deactivation is noticed only when a leaver still has an account.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Switch the operation on and add it to `operations` of the mechanism, or set `via` of the stage to the mechanism that performs it. Some
#     systems, such as Entra ID, send a deactivation as an update; for these, also switch `update` on.
#   controls:
#     nist-800-53: [AC-2f, PS-4a]
#     pci-dss: ["8.2.5"]
#     soc2: [CC6.3/Removes-Access-to-Protected-Information-Assets]
package policies.scim["operation-off"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

# The operations for each stage, one of which is enough. Roles may be attributes, so an update can change roles.
_needs := {
	"create": {"create"},
	"update": {"update"},
	"entitle": {"groups", "entitlements", "update"},
	"remove": {"delete"},
	"reactivate": {"reactivate"},
}

# The operations for each effect of `deprovision`, one of which is enough. Some products delete a disabled account, so the operation may differ from
# the effect.
_ends := {
	"suspend": {"disable", "delete"},
	"delete": {"disable", "delete"},
	"remove-membership": {"disable", "delete", "groups"},
	"seat-only": {"disable", "delete", "groups", "entitlements", "update"},
}

_needed(stage) := _needs[stage]

_sends := input.spec.lifecycle.deprovision.sends

_needed("deprovision") := {_sends} if _sends

_needed("deprovision") := _ends[input.spec.lifecycle.deprovision.effect] if not _sends

_needed("deprovision") := _ends.suspend if {
	not _sends
	not input.spec.lifecycle.deprovision.effect
}

# If `deprovision` or `remove` does not work, a leaver keeps the account, so a finding on these stages is an error.
_severity := {true: "error", false: "warning"}

# `scim/delete-never-sent` reports a System that never deletes.
_reported_elsewhere(stage) if {
	_needed(stage) == {"delete"}
	data.leaver.catalogue.System[mechanisms.system(stage)].spec.deletes == false
}

# Some systems send a deactivation as an update.
findings contains {"path": ["spec", "provisioning", via, "operations"], "message": message, "severity": "error", "related": related} if {
	apps.alive
	via := input.spec.lifecycle.deprovision.via
	some operations in [input.spec.provisioning[via].operations]
	"disable" in operations
	not "update" in operations
	not _sends == "delete"
	system := mechanisms.system("deprovision")
	data.leaver.catalogue.System[system].spec.disablesByUpdate == true
	message := sprintf("%s: a deactivation by %s is an update, but the operations of `%s` lack `update`", [input.metadata.name, system, via])
	related := [{"kind": "System", "name": system, "path": ["spec", "disablesByUpdate"], "message": "how a deactivation is sent"}]
}

findings contains {"path": path, "message": message, "severity": severity, "related": related} if {
	apps.alive
	some stage, how in input.spec.lifecycle
	some operations in [input.spec.provisioning[how.via].operations]
	some needed in [_needed(stage)]
	count(needed & {operation | some operation in operations}) == 0
	not _reported_elsewhere(stage)
	path := ["spec", "provisioning", how.via, "operations"]
	severity := _severity[stage in {"deprovision", "remove"}]
	message := sprintf("%s: `%s` has `via: %s`, but its operations lack `%s`", [
		input.metadata.name, stage, how.via, concat("` or `", sort(needed)),
	])
	related := [{
		"kind": "App", "name": input.metadata.name, "path": ["spec", "lifecycle", stage, "via"], "message": "the stage",
	}]
}
