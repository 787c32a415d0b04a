# METADATA
# title: Credential that belongs to a person
# description: A program uses the token of a person. When that person leaves, the token either stops working, which can stop provisioning,
#   or keeps the rights of a leaver. For a privileged credential, or a credential that provisioning uses, the finding is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Move the credential to a service account, an OAuth client of the organisation or a workload identity, and set `boundTo` of the
#     entry in `spec.nonHuman`.
#   controls:
#     nist-800-53: [IA-4, AC-2f, PS-4b]
#     cis-v8: ["5.5"]
#     owasp-nhi: [NHI1, NHI10]
package policies.credential["bound-to-person"]

import data.policies.lib.credentials

_use(item) := " and provisioning uses it" if item.name in credentials.of_mechanisms

_use(item) := " and is privileged" if {
	not item.name in credentials.of_mechanisms
	item.privileged == true
}

_severity(item) := "error" if _use(item)

_severity(item) := "warning" if not _use(item)

_use_suffix(item) := _use(item)

_use_suffix(item) := "" if not _use(item)

findings contains {"path": ["spec", "nonHuman", at, "boundTo"], "message": message, "severity": severity} if {
	some at, item in credentials.live
	credentials.personal(item)
	severity := _severity(item)
	message := sprintf("%s: the credential `%s` belongs to a person%s", [input.metadata.name, item.name, _use_suffix(item)])
}
