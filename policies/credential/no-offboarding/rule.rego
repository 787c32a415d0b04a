# METADATA
# title: Credential without an offboarding step
# description: When the owner leaves or the app is retired, people are deprovisioned and tokens are forgotten. What nobody has written down
#   beforehand is not done in the last week.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Say in `offboarding` of the entry in `spec.nonHuman` how the credential is revoked, and where.
#   controls:
#     nist-800-53: ["AC-2(3)(b)", PS-4b]
#     soc2: [CC6.1/Manages-Credentials-for-Infrastructure-and-Software]
#     owasp-nhi: [NHI1]
package policies.credential["no-offboarding"]

import data.policies.lib.credentials

findings contains {"path": ["spec", "nonHuman", at, "offboarding"], "message": message} if {
	some at, item in credentials.live
	not item.offboarding
	message := sprintf("%s: nothing says how the credential `%s` ends when its owner leaves or the app is retired", [
		input.metadata.name, item.name,
	])
}
