# METADATA
# title: Credential without a purpose
# description: Whoever reviews a credential must decide whether it is still needed. Without a word on what it is for, that is a guess, and the
#   guess is to keep it.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Say in `purpose` of the entry in `spec.nonHuman` what would stop working without it.
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
	message := sprintf("%s: nothing says what the credential `%s` is for", [input.metadata.name, item.name])
}
