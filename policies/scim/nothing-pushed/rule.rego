# METADATA
# title: Push by a system that pushes nothing
# description: Some identity providers only sign people in. A stage that relies on a push by such a provider never happens, so accounts of
#   leavers stay open.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `system` to the System that pushes, or set `via` to the mechanism that performs the stage.
#   controls:
#     nist-800-53: [AC-2f, PS-4a]
#     pci-dss: ["8.2.5"]
package policies.scim["nothing-pushed"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

findings contains {"path": ["spec", "lifecycle", stage, "via"], "message": message, "related": related} if {
	apps.alive
	some stage, via in mechanisms.pushed
	some system in [mechanisms.system(stage)]
	data.leaver.catalogue.System[system].spec.pushes == false
	message := sprintf("%s: `%s` has `via: %s`, but %s pushes nothing", [input.metadata.name, stage, via, system])
	related := [{"kind": "System", "name": system, "path": ["spec", "pushes"], "message": "pushes nothing"}]
}
