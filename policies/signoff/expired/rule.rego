# METADATA
# title: Expired sign-off
# description: A sign-off is valid for a limited time. It has expired, and the app was not reviewed again.
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

# The earlier end: `validUntil` of the sign-off, or the maximum age in leaver.yaml.
findings contains {"path": ["metadata", "name"], "message": message} if {
	some failure in signoffs.failing
	failure.fault == "expired"
	ago := 0 - signoffs.days_left(failure.record, failure.requirement)
	message := sprintf("%s: the sign-off by %s for `%s` expired %s ago", [
		input.metadata.name, signoffs.by(failure.record), failure.requirement.name, counted.days(ago),
	])
}
