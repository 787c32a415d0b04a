# METADATA
# title: Declared deactivation that is switched off
# description: According to the declaration, provisioning disables accounts of leavers, but deactivation is switched off in the system. Leavers
#   keep their accounts.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Switch the deactivation on in the system, or set `spec.lifecycle.deprovision.via` to the mechanism that ends access.
#   controls:
#     nist-800-53: [AC-2f, PS-4a]
#     pci-dss: ["8.2.5"]
#     soc2: [CC6.3/Removes-Access-to-Protected-Information-Assets]
package policies.drift["deactivation-off"]

import data.policies.lib.observed

# The path at which each mechanism is declared to disable or delete accounts.
_declared_at(via) := ["spec", "lifecycle", "deprovision", "via"] if input.spec.lifecycle.deprovision.via == via

_declared_at(via) := ["spec", "provisioning", via, "operations"] if {
	not input.spec.lifecycle.deprovision.via == via
	some operation in input.spec.provisioning[via].operations
	operation in {"disable", "delete"}
}

findings contains {"path": path, "message": message, "related": related} if {
	observed.compared
	some observation in observed.present
	observation.spec.provisioning.operations.disable == false
	not observation.spec.provisioning.operations["delete"] == true
	not observed.elsewhere(observation, ["provisioning", "operations", "disable"])
	some via in observed.mechanisms_of(observation.spec.system)
	some path in [_declared_at(via)]
	message := sprintf("%s: `%s` is declared to disable accounts of leavers, but deactivation is off %s", [
		input.metadata.name, via, observed.place(observation),
	])
	related := [observed.related(observation, ["provisioning", "operations", "disable"], "observed here")]
}
