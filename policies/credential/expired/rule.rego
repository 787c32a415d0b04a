# METADATA
# title: Expired credential
# description: If the secret was rotated, the declaration is out of date. Otherwise, everything that uses the secret has stopped. For example, leavers
#   keep their accounts if a provisioning token has expired.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Rotate the secret and set `expires` to the new date. If it is no longer used, revoke it and set `revokedOn`.
#   controls:
#     nist-800-53: [IA-5f]
#     pci-dss: ["8.6.3"]
#     owasp-nhi: [NHI7]
package policies.credential.expired

import data.policies.lib.counted
import data.policies.lib.credentials
import data.policies.lib.dates

findings contains {"path": ["spec", "nonHuman", at, "expires"], "message": message} if {
	some at, item in credentials.live
	credentials.expired(item)
	ago := counted.days(dates.days_since(item.expires))
	message := sprintf("%s: the credential `%s` expired on %s, %s ago", [input.metadata.name, item.name, item.expires, ago])
}
