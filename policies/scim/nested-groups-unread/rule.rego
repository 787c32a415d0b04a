# METADATA
# title: Nested groups that the system does not read
# description: Some identity providers provision only direct members of an assigned group. Members of nested groups are never in scope. They
#   get no account, or keep a manually created account that is never closed.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Assign the inner groups directly, or flatten the group, and set `nested: false`."
#   controls:
#     nist-800-53: ["AC-2c", "AC-2f"]
#     soc2: ["CC6.2"]
package policies.scim["nested-groups-unread"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

findings contains {"path": ["spec", "provisioning", via, "scope", "nested"], "message": message, "related": related} if {
	apps.alive
	some via, block in object.filter(input.spec.provisioning, ["scim", "connector", "directory", "script", "automation"])
	block.scope.nested == true
	some system in mechanisms.systems(via)
	data.leaver.catalogue.System[system].spec.readsNestedGroups == false
	message := sprintf("%s: the scope includes nested groups, but %s reads only direct members", [input.metadata.name, system])
	related := [{"kind": "System", "name": system, "path": ["spec", "readsNestedGroups"], "message": "does not read nested groups"}]
}
