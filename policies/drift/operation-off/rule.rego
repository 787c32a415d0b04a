# METADATA
# title: Declared operation that is switched off
# description: The declaration lists an operation, or leaves a stage to it, and the system has it switched off. Accounts are not made,
#   changed or given roles as everybody believes.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Switch the operation on in the system, or take it out of `operations` and name in the stage what really does it.
#   controls:
#     nist-800-53: [AC-2f, CM-3f]
#     soc2: [CC6.3/Creates-or-Modifies-Access-to-Protected-Information-Assets]
package policies.drift["operation-off"]

import data.policies.lib.apps
import data.policies.lib.observed

# [operation, way, place]: what is listed, and what is left to a stage without being listed. Disabling is `drift/deactivation-off`.
_asked contains [operation, via, ["spec", "provisioning", via, "operations"]] if {
	some via in ["scim", "connector"]
	some operation in input.spec.provisioning[via].operations
	operation != "disable"
}

_asked contains [stage, via, ["spec", "lifecycle", stage, "via"]] if {
	some stage in ["create", "update", "reactivate"]
	via := input.spec.lifecycle[stage].via
	not _listed(via, stage)
}

_listed(via, stage) if stage in {operation | some operation in input.spec.provisioning[via].operations}

findings contains {"path": path, "message": message, "related": related} if {
	apps.alive
	some observation in observed.present
	ways := observed.ways(observation.spec.system)
	some [operation, via, path] in _asked
	via in ways
	observation.spec.provisioning.operations[operation] == false
	message := sprintf("%s: `%s` is to go by `%s`, but that is off %s", [input.metadata.name, operation, via, observed.place(observation)])
	related := [observed.related(observation, ["provisioning", "operations", operation], "observed here")]
}
