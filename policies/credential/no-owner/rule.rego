# METADATA
# title: Credential without an owner
# description: A token or service account without an owner outlives the person who created it. Nobody rotates it, and nobody knows whether
#   it is still needed, so it is never revoked.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `owner` of the entry in `spec.nonHuman` to the accountable team.
#   controls:
#     nist-800-53: [IA-4, AC-2b]
#     pci-dss: ["7.2.5"]
#     cis-v8: ["5.5"]
#     owasp-nhi: [NHI1]
package policies.credential["no-owner"]

import data.policies.lib.credentials

findings contains {"path": ["spec", "nonHuman", at, "owner"], "message": message} if {
	some at, item in credentials.live
	not item.owner
	message := sprintf("%s: the credential `%s` has no owner", [input.metadata.name, item.name])
}
