# METADATA
# title: SCIM server does not offer a declared feature
# description: The server rejects requests that use the feature, or ignores them. The stage that depends on the feature is not performed.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Declare only features that the server offers, or ask the vendor to add the missing ones.
#   controls:
#     nist-800-53: [AC-2f, SA-9]
package policies.drift["not-offered"]

import data.policies.lib.observed

_scim := input.spec.provisioning.scim

# The features that the server lacks: [path below `scim`, description, key of the observation].
_lacks(service) := {[["auth"], sprintf("authentication by `%s`", [_scim.auth]), "auth"] |
	offered := {way | some way in service.auth}
	count(offered) > 0
	_scim.auth != "none"
	not _scim.auth in offered
} | {[["operations"], "groups", "resources"] |
	"groups" in {operation | some operation in _scim.operations}
	offered := {kind | some kind in service.resources}
	count(offered) > 0
	not "Group" in offered
} | {[["operations"], "`active`, by which accounts are disabled", "active"] |
	"disable" in {operation | some operation in _scim.operations}
	service.active == false
}

findings contains {"path": array.concat(["spec", "provisioning", "scim"], path), "message": message, "related": related} if {
	observed.compared
	some observation in observed.servers
	some [path, what, key] in _lacks(observation.spec.service)
	message := sprintf("%s: the SCIM server `%s` does not offer %s", [input.metadata.name, observation.spec.appId, what])
	related := [observed.related(observation, ["service", key], "what the server offers")]
}
