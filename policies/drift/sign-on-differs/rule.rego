# METADATA
# title: Sign-on with a different protocol than declared
# description: The protocol decides whether a leaver is blocked. For example, a stored password still works without the identity provider.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Change the sign-on in the system, or set `spec.signOn.protocol` to the real one.
#   controls:
#     nist-800-53: [AC-2f, CM-3f]
#     iso-27001: [A.8.5]
package policies.drift["sign-on-differs"]

import data.policies.lib.observed

_protocol_text := {"none": "a bookmark without sign-on", "password-vault": "a stored password"}

findings contains {"path": array.concat(path, ["protocol"]), "message": message, "related": related} if {
	observed.compared
	some [path, how, observation] in observed.existing
	object.get(observation.spec, "kind", "app") == "app"
	protocol := how.protocol
	real := observation.spec.signOn.protocol
	real != protocol
	message := sprintf("%s: the declared protocol is `%s`, but it is %s %s", [
		input.metadata.name, protocol, object.get(_protocol_text, real, sprintf("`%s`", [real])), observed.place(observation),
	])
	related := [observed.related(observation, ["signOn", "protocol"], "observed here")]
}
