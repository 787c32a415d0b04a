# METADATA
# title: Credential without an offboarding step
# description: When the owner leaves or the app is retired, people are deprovisioned, but tokens are often forgotten. A declared step ensures that
#   somebody revokes the tokens.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Declare in `offboarding` of the entry in `spec.nonHuman` how and where the credential is revoked.
#   controls:
#     nist-800-53: ["AC-2(3)(b)", PS-4b]
#     soc2: [CC6.1/Manages-Credentials-for-Infrastructure-and-Software]
#     owasp-nhi: [NHI1]
package policies.credential["no-offboarding"]

import data.policies.lib.credentials

findings contains {"path": ["spec", "nonHuman", at, "offboarding"], "message": message} if {
	some at, item in credentials.live
	not item.offboarding
	message := sprintf("%s: the credential `%s` has no `offboarding`, so it may survive its owner or the app", [
		input.metadata.name, item.name,
	])
}
