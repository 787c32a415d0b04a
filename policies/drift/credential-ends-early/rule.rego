# METADATA
# title: Credential that expires earlier than declared
# description: Provisioning or sign-in stops on the day its credential expires. The declared day is later, so `credential/expires-soon` warns too
#   late.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `expires` to the real day, and rotate the credential before it.
#   controls:
#     nist-800-53: [IA-5f]
#     owasp-nhi: [NHI7]
package policies.drift["credential-ends-early"]

import data.policies.lib.credentials
import data.policies.lib.observed

# Another declared credential of this kind ends no later than the observed credential, so the observation may concern that other credential.
_belongs_to_another(kind, end) if {
	some item in credentials.live
	item.kind == kind
	item.expires <= end
}

findings contains {"path": ["spec", "nonHuman", at, "expires"], "message": message, "related": related} if {
	some observation in observed.present
	some at, item in credentials.live
	real := observation.spec.credentials[item.kind]
	item.expires > real
	not _belongs_to_another(item.kind, real)
	message := sprintf("%s: `%s` is declared to expire on %s, but every credential of its kind expires on or before %s %s", [
		input.metadata.name, item.name, item.expires, real, observed.place(observation),
	])
	related := [observed.related(observation, ["credentials", item.kind], "observed here")]
}
