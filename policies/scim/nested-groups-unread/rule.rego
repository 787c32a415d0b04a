# METADATA
# title: Nested groups that the system does not read
# description: Some identity providers provision the direct members of an assigned group only. Whoever is in a group inside it gets no
#   account, or keeps the one that was made by hand, and nothing ends it, because for the identity provider that person was never in
#   scope.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Assign the inner groups themselves, or make the group flat, and declare `nested: false`."
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
	message := sprintf("%s: people are in scope by groups inside groups, and %s reads direct members only", [input.metadata.name, system])
	related := [{"kind": "System", "name": system, "path": ["spec", "readsNestedGroups"], "message": "it reads no nested groups"}]
}
