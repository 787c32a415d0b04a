# METADATA
# title: Third-party access to everything
# description: Whoever breaks into the other vendor has what the vendor's product may do here. A consent to everything is seldom needed and
#   often given.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Consent again with only the permissions that the product needs, and list them in `scopes`.
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
	message := sprintf("%s: `%s` has the permission `%s`", [input.metadata.name, grant.name, scope])
}
