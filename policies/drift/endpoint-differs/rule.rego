# METADATA
# title: Provisioning to another host than declared
# description: Accounts of people are sent to a host that nobody reviewed, or the declaration describes a server that is no longer in use.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Find out which host is right, and change the connection in the system or `spec.provisioning.scim.endpoint`.
#   controls:
#     nist-800-53: [AC-2f, CM-3f]
#     iso-27001: [A.5.19]
package policies.drift["endpoint-differs"]

import data.policies.lib.apps
import data.policies.lib.observed

findings contains {"path": ["spec", "provisioning", "scim", "endpoint"], "message": message, "related": related} if {
	apps.alive
	some observation in observed.present
	"scim" in observed.ways(observation.spec.system)
	real := observation.spec.provisioning.endpointHost
	real != observed.endpoint_host
	message := sprintf("%s: SCIM is to go to `%s`, but goes to `%s` %s", [
		input.metadata.name, observed.endpoint_host, real, observed.place(observation),
	])
	related := [observed.related(observation, ["provisioning", "endpointHost"], "observed here")]
}
