# METADATA
# title: Third-party access with full permissions
# description: An attacker who compromises the vendor gets all permissions that its product has in this app. Full access is seldom needed.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Grant the product only the permissions that it needs, and list them in `scopes`.
#   controls:
#     iso-27001: [A.5.19]
#     nist-800-53: [AC-6]
#     owasp-nhi: [NHI3, NHI5]
package policies.grant["too-broad"]

import data.policies.lib.credentials

findings contains {"path": ["spec", "thirdPartyGrants", at, "scopes", nth], "message": message} if {
	some at, grant in credentials.grants
	some nth, scope in grant.scopes
	credentials.broad(scope)
	message := sprintf("%s: `%s` has the broad permission `%s`", [input.metadata.name, grant.name, scope])
}
