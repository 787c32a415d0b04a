# METADATA
# title: Third-party access without an owner
# description: A connected product keeps its access after the person who connected it leaves, or after people stop using it. Without an
#   owner, nobody checks whether the access is still needed.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `owner` of the entry in `spec.thirdPartyGrants` to the team that needs the connection.
#   controls:
#     iso-27001: [A.5.19]
#     owasp-nhi: [NHI3]
package policies.grant["no-owner"]

import data.policies.lib.credentials

findings contains {"path": ["spec", "thirdPartyGrants", at, "owner"], "message": message} if {
	some at, grant in credentials.grants
	not grant.owner
	message := sprintf("%s: the access of `%s` has no owner", [input.metadata.name, grant.name])
}
