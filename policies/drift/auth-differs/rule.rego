# METADATA
# title: Provisioning with another kind of credential than declared
# description: A static token never ends by itself, and a client of OAuth does. Rotation and offboarding of the credential are planned for
#   the wrong one.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Change the authentication in the system, or declare the real one in `spec.provisioning.scim.auth`.
#   controls:
#     nist-800-53: [IA-5, IA-9]
#     owasp-nhi: [NHI4]
package policies.drift["auth-differs"]

import data.policies.lib.apps
import data.policies.lib.observed

findings contains {"path": ["spec", "provisioning", "scim", "auth"], "message": message, "related": related} if {
	apps.alive
	some observation in observed.present
	"scim" in observed.ways(observation.spec.system)
	auth := input.spec.provisioning.scim.auth
	real := observation.spec.provisioning.auth
	real != auth
	message := sprintf("%s: SCIM is to authenticate by `%s`, but does by `%s` %s", [input.metadata.name, auth, real, observed.place(observation)])
	related := [observed.related(observation, ["provisioning", "auth"], "observed here")]
}
