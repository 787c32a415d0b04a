# METADATA
# title: Automation that depends on a person
# description: Whoever builds a workflow connects it with their own account. On the day on which that person leaves, all workflows
#   stop, or go on with the rights of somebody who is gone.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: System
#   fix: Connect the System with a service account, an OAuth client of the organisation or a workload identity, declare that in
#     `spec.runsAs`, and revoke the token of the person.
#   controls:
#     nist-800-53: ["IA-4", "IA-9", "PS-4b"]
#     cis-v8: ["5.5"]
#     owasp-nhi: ["NHI1", "NHI10"]
package policies.automation["personal-credential"]

import data.policies.lib.automations

# The key that shows the person. A token of a person may be issued to the organisation.
_key := "boundTo" if automations.credential.boundTo == "person"

_key := "kind" if {
	automations.credential.kind == "personal-token"
	not automations.credential.boundTo
}

findings contains {"path": ["spec", "runsAs", _key], "message": message} if {
	_key
	message := sprintf("%s: it signs in to applications with the credential of a person, and stops when that person leaves", [input.metadata.name])
}
