# METADATA
# title: Third-party access without a revoke step
# description: When the contract with the other vendor ends, or that vendor is broken into, the access has to go within hours. That needs somebody
#   who knows where it is switched off.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Say in `offboarding` of the entry in `spec.thirdPartyGrants` how the access is taken away, and where.
#   controls:
#     iso-27001: [A.5.19]
#     owasp-nhi: [NHI3]
package policies.grant["no-offboarding"]

import data.policies.lib.credentials

findings contains {"path": ["spec", "thirdPartyGrants", at, "offboarding"], "message": message} if {
	some at, grant in credentials.grants
	not grant.offboarding
	message := sprintf("%s: nothing says how the access of `%s` is taken away", [input.metadata.name, grant.name])
}
