# METADATA
# title: Automation that uses a personal credential
# description: People connect workflows with their own accounts. When one of these people leaves, the workflows stop, or keep running with the rights
#   of the leaver.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: System
#   fix: Connect the System with a service account, an OAuth client of the organisation or a workload identity, set `spec.runsAs` to it, and
#     revoke the personal token.
#   controls:
#     nist-800-53: ["IA-4", "IA-9", "PS-4b"]
#     cis-v8: ["5.5"]
#     owasp-nhi: ["NHI1", "NHI10"]
package policies.automation["personal-credential"]

import data.policies.lib.automations

# The key that shows that the credential belongs to a person. With `boundTo`, a personal token may belong to the organisation.
_key := "boundTo" if automations.credential.boundTo == "person"

_key := "kind" if {
	automations.credential.kind == "personal-token"
	not automations.credential.boundTo
}

findings contains {"path": ["spec", "runsAs", _key], "message": message} if {
	_key
	message := sprintf("%s: the System signs in to apps with a personal credential, and stops when the owner of the credential leaves", [input.metadata.name])
}
