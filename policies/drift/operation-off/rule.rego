# METADATA
# title: Declared operation that is switched off
# description: The declaration uses an operation that is switched off in the system. Accounts are not created, updated or given roles as
#   declared.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Switch the operation on in the system, or remove it from `operations` and set the stage to the mechanism that performs it.
#   controls:
#     nist-800-53: [AC-2f, CM-3f]
#     soc2: [CC6.3/Creates-or-Modifies-Access-to-Protected-Information-Assets]
package policies.drift["operation-off"]

import data.policies.lib.observed

# [operation, mechanism, path] of declared operations, and of stages that need an operation. `drift/deactivation-off` checks disabling.
_required_operations contains [operation, via, ["spec", "provisioning", via, "operations"]] if {
	some via in ["scim", "connector"]
	some operation in input.spec.provisioning[via].operations
	operation != "disable"
}

_required_operations contains [stage, via, ["spec", "lifecycle", stage, "via"]] if {
	some stage in ["create", "update", "reactivate"]
	via := input.spec.lifecycle[stage].via
	not _declares_operation(via, stage)
}

_declares_operation(via, stage) if stage in {operation | some operation in input.spec.provisioning[via].operations}

findings contains {"path": path, "message": message, "related": related} if {
	observed.compared
	some observation in observed.present
	mechanisms := observed.mechanisms_of(observation.spec.system)
	some [operation, via, path] in _required_operations
	via in mechanisms
	observation.spec.provisioning.operations[operation] == false
	not observed.elsewhere(observation, ["provisioning", "operations", operation])
	message := sprintf("%s: the operation `%s` of `%s` is declared, but is switched off %s", [input.metadata.name, operation, via, observed.place(observation)])
	related := [observed.related(observation, ["provisioning", "operations", operation], "observed here")]
}
