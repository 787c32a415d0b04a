# METADATA
# title: Automation without an owner
# description: An automation product holds the keys to many applications. If no team owns it and its credential, nobody renews the
#   credential, nobody follows up a failure, and nobody knows which workflows still matter.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: System
#   fix: Name a team in `metadata.owner` of the System, and the one that answers for its credential in `spec.runsAs.owner`.
#   controls:
#     nist-800-53: ["IA-4", "AC-2b"]
#     pci-dss: ["7.2.5"]
#     cis-v8: ["5.5"]
#     owasp-nhi: ["NHI1"]
package policies.automation["no-owner"]

import data.policies.lib.automations

findings contains {"path": ["metadata", "owner"], "message": message} if {
	automations.running
	not input.metadata.owner
	message := sprintf("%s: nobody owns the automation", [input.metadata.name])
}

findings contains {"path": ["spec", "runsAs", "owner"], "message": message} if {
	some credential in [automations.credential]
	not credential.owner
	message := sprintf("%s: nobody owns the credential that it signs in to applications with", [input.metadata.name])
}
