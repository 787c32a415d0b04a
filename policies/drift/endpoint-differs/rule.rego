# METADATA
# title: Provisioning to a different host than declared
# description: User data is sent to a host that was not reviewed, or the declared server is no longer in use.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Find out which host is right, and correct the connection in the system or `spec.provisioning.scim.endpoint`.
#   controls:
#     nist-800-53: [AC-2f, CM-3f]
#     iso-27001: [A.5.19]
package policies.drift["endpoint-differs"]

import data.policies.lib.observed

findings contains {"path": ["spec", "provisioning", "scim", "endpoint"], "message": message, "related": related} if {
	observed.compared
	some observation in observed.present
	"scim" in observed.mechanisms_of(observation.spec.system)
	real := observation.spec.provisioning.endpointHost
	real != observed.endpoint_host
	message := sprintf("%s: the declared SCIM host is `%s`, but the real one is `%s` %s", [
		input.metadata.name, observed.endpoint_host, real, observed.place(observation),
	])
	related := [observed.related(observation, ["provisioning", "endpointHost"], "observed here")]
}
