# METADATA
# title: Third-party access without an offboarding step
# description: When the contract with the vendor ends, or the vendor is compromised, the access must be revoked within hours. The step must be
#   declared in advance.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Declare in `offboarding` of the entry in `spec.thirdPartyGrants` how and where the access is revoked.
#   controls:
#     iso-27001: [A.5.19]
#     owasp-nhi: [NHI3]
package policies.grant["no-offboarding"]

import data.policies.lib.credentials

findings contains {"path": ["spec", "thirdPartyGrants", at, "offboarding"], "message": message} if {
	some at, grant in credentials.grants
	not grant.offboarding
	message := sprintf("%s: the access of `%s` has no `offboarding`, so it is unclear how it is revoked", [input.metadata.name, grant.name])
}
