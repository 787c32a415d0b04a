# METADATA
# title: Credential that expires soon
# description: A token that runs out stops what depends on it. For provisioning that is offboarding, and nobody misses it until a leaver is
#   found with a working account.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Replace the secret now and write the new date in `expires`; if it is no longer used, revoke it and set `revokedOn`.
#   controls:
#     nist-800-53: [IA-5f]
#     pci-dss: ["8.6.3"]
#     owasp-nhi: [NHI7]
#   params:
#     minDays:
#       type: integer
#       default: 30
#       description: Days that must be left
#       unit: days
#       source: leaver; Huawei Cloud Config warns 90 days before a SCIM token expires
package policies.credential["expires-soon"]

import data.policies.lib.counted
import data.policies.lib.credentials
import data.policies.lib.dates

_min := data.leaver.params["credential/expires-soon"].minDays

findings contains {"path": ["spec", "nonHuman", at, "expires"], "message": message} if {
	some at, item in credentials.live
	left := dates.days_left(item.expires)
	left >= 0
	left < _min
	message := sprintf("%s: the credential `%s` expires on %s, %s from now, limit is %s", [
		input.metadata.name, item.name, item.expires, counted.days(left), counted.days(_min),
	])
}
