# METADATA
# title: System that does nothing when an assignment ends
# description: "Most people lose access to an app because an assignment ends, for example when they change jobs or a group is cleaned up. This
#   System then does nothing. It closes only the accounts of people who are disabled in the System."
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Configure the System to disable or delete on unassignment (`onUnassign`). If the System has another setting for this app, set `outOfScope:
#     deprovision` in the mechanism of the app; otherwise, close the accounts by a job in `spec.lifecycle.deprovision`."
#   controls:
#     nist-800-53: ["AC-2(3)(b)", "PS-5", "PS-4a"]
#     pci-dss: ["8.2.5"]
#     soc2: ["CC6.3/Removes-Access-to-Protected-Information-Assets"]
package policies.scim["unassignment-ignored"]

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.ways

findings contains {"path": ["spec", "lifecycle", stage, "via"], "message": message, "related": related} if {
	apps.alive
	some stage in [ways.closing]
	some via in [input.spec.lifecycle[stage].via]
	via in {"scim", "connector", "directory", "script", "automation"}
	not input.spec.provisioning[via].outOfScope == "deprovision"
	some system in [mechanisms.system(stage)]
	data.leaver.catalogue.System[system].spec.onUnassign == "nothing"
	message := sprintf("%s: %s does nothing when an assignment ends, so `%s` never reaches those people", [
		input.metadata.name, system, stage,
	])
	related := [{"kind": "System", "name": system, "path": ["spec", "onUnassign"], "message": "nothing happens"}]
}
