# METADATA
# title: Credential without a purpose
# description: A reviewer must decide whether the credential is still needed. Without a purpose, the reviewer has to guess, and usually
#   keeps the credential.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `purpose` of the entry in `spec.nonHuman` to the work that would stop without it.
#   controls:
#     nist-800-53: [IA-4]
#     pci-dss: ["7.2.5"]
#     cis-v8: ["5.5"]
#     owasp-nhi: [NHI1]
package policies.credential["no-purpose"]

import data.policies.lib.credentials

findings contains {"path": ["spec", "nonHuman", at, "purpose"], "message": message} if {
	some at, item in credentials.live
	not item.purpose
	message := sprintf("%s: the credential `%s` has no `purpose`", [input.metadata.name, item.name])
}
