# METADATA
# title: App rejected by a reviewer
# description: A reviewer has rejected the current declaration.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Resolve the reviewer's objections, and have the app reviewed again. Revoke an outdated decision with `leaver signoff revoke`.
#   controls:
#     nist-800-53: [CM-3b, CM-3f, CA-6]
#     iso-27001: [A.5.36, A.8.32]
#     soc2: [CC8.1/Authorizes-Changes]
package policies.signoff.rejected

import data.policies.lib.signoffs

_rejections contains record if {
	some requirement in signoffs.requirements
	some record in signoffs.current
	record.role in requirement.roles
	fault := signoffs.fault(record, requirement)
	fault == "rejected"
}

findings contains {"path": ["metadata", "name"], "message": message} if {
	some record in _rejections
	message := sprintf("%s: the app was rejected by %s (`%s`)", [input.metadata.name, signoffs.by(record), record.file])
}
