# METADATA
# title: Provisioning with a different kind of credential than declared
# description: A static token never expires, but the secret of an OAuth client does. If the wrong kind is declared, rotation and
#   offboarding are planned for the wrong credential.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Change the authentication in the system, or set `spec.provisioning.scim.auth` to the real one.
#   controls:
#     nist-800-53: [IA-5, IA-9]
#     owasp-nhi: [NHI4]
package policies.drift["auth-differs"]

import data.policies.lib.observed

findings contains {"path": ["spec", "provisioning", "scim", "auth"], "message": message, "related": related} if {
	observed.compared
	some observation in observed.present
	"scim" in observed.mechanisms_of(observation.spec.system)
	auth := input.spec.provisioning.scim.auth
	real := observation.spec.provisioning.auth
	real != auth
	message := sprintf("%s: SCIM is declared to authenticate by `%s`, but uses `%s` %s", [input.metadata.name, auth, real, observed.place(observation)])
	related := [observed.related(observation, ["provisioning", "auth"], "observed here")]
}
