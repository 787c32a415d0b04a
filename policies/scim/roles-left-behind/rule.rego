# METADATA
# title: The account follows, the rights do not
# description: SCIM moves the account with the person; roles inside the app stay unless groups are pushed or somebody owns them. A
#   mover keeps the rights of the old job.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Push groups (`operations: [groups]`), or name the owner of `spec.lifecycle.entitle`."
#   controls:
#     nist-800-53: [AC-2c]
#     iso-27001: [A.5.18]
#     soc2: [CC6.3.3]
package policies.scim["roles-left-behind"]

import data.policies.lib.apps

_handled if apps.owned("entitle")

_handled if {
	some block in ["scim", "connector", "directory"]
	some operation in input.spec.provisioning[block].operations
	operation in {"groups", "entitlements"}
}

findings contains {"path": ["spec", "roles"], "message": message} if {
	apps.alive
	input.spec.provisioning.mode in {"scim", "connector", "directory", "hybrid"}
	count(input.spec.roles) > 1
	not _handled
	message := sprintf("%s: %d roles, but no groups are pushed and nobody owns `entitle`", [input.metadata.name, count(input.spec.roles)])
}
