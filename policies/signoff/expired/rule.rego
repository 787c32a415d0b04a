# METADATA
# title: Expired sign-off
# description: A sign-off is valid for a limited time. This sign-off has expired, and nobody has reviewed the app again.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Have the app reviewed again with `leaver signoff prepare APP`, then `leaver signoff sign APP`.
#   controls:
#     nist-800-53: [CM-3b, CM-3f, CA-6]
#     iso-27001: [A.5.36, A.8.32]
#     soc2: [CC8.1/Authorizes-Changes]
package policies.signoff.expired

import data.policies.lib.counted
import data.policies.lib.signoffs

# A sign-off ends on `validUntil` or at the maximum age in leaver.yaml, whichever is earlier.
findings contains {"path": ["metadata", "name"], "message": message} if {
	some failure in signoffs.failing
	failure.fault == "expired"
	ago := 0 - signoffs.days_left(failure.record, failure.requirement)
	message := sprintf("%s: the sign-off by %s for `%s` expired %s ago", [
		input.metadata.name, signoffs.by(failure.record), failure.requirement.name, counted.days(ago),
	])
}
