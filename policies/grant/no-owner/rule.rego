# METADATA
# title: Third-party access without an owner
# description: A product that somebody once connected goes on reading, also after that person has left and after the product was given up. Without
#   an owner nobody asks whether it still should.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Name the team that needs the connection in `owner` of the entry in `spec.thirdPartyGrants`.
#   controls:
#     iso-27001: [A.5.19]
#     owasp-nhi: [NHI3]
package policies.grant["no-owner"]

import data.policies.lib.credentials

findings contains {"path": ["spec", "thirdPartyGrants", at, "owner"], "message": message} if {
	some at, grant in credentials.grants
	not grant.owner
	message := sprintf("%s: nobody owns the access that `%s` has", [input.metadata.name, grant.name])
}
