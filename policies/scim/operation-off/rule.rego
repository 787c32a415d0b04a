# METADATA
# title: Stage that its mechanism does not carry out
# description: The stage says that a mechanism does it, and the list of what that mechanism is set up to do says that it does not. In Okta
#   every operation is a switch of its own, and a provisioning without deactivation is found only when somebody looks for a leaver.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Switch the operation on and add it to `operations` of the mechanism, or name in the stage what really does it.
#   controls:
#     nist-800-53: [AC-2f, PS-4a]
#     pci-dss: ["8.2.5"]
#     soc2: [CC6.3/Removes-Access-to-Protected-Information-Assets]
package policies.scim["operation-off"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

# Operations of which a stage needs one. Roles may be attributes, so an update can carry them.
_needs := {
	"create": {"create"},
	"update": {"update"},
	"entitle": {"groups", "entitlements", "update"},
	"remove": {"delete"},
	"reactivate": {"reactivate"},
}

# The same for deprovisioning, by its effect. Some products delete an account that is disabled, so what is sent is another matter.
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

# Without these a leaver stays.
_severity := {true: "error", false: "warning"}

# `scim/delete-never-sent` tells it already.
_told(stage) if {
	_needed(stage) == {"delete"}
	data.leaver.catalogue.System[mechanisms.system(stage)].spec.deletes == false
}

findings contains {"path": path, "message": message, "severity": severity, "related": related} if {
	apps.alive
	some stage, how in input.spec.lifecycle
	some operations in [input.spec.provisioning[how.via].operations]
	some needed in [_needed(stage)]
	count(needed & {operation | some operation in operations}) == 0
	not _told(stage)
	path := ["spec", "provisioning", how.via, "operations"]
	severity := _severity[stage in {"deprovision", "remove"}]
	message := sprintf("%s: `%s` goes via `%s`, but its operations have no `%s`", [
		input.metadata.name, stage, how.via, concat("` or `", sort(needed)),
	])
	related := [{
		"kind": "App", "name": input.metadata.name, "path": ["spec", "lifecycle", stage, "via"], "message": "the stage",
	}]
}
