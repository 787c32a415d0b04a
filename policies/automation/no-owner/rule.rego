# METADATA
# title: Automation without an owner
# description: An automation product has the credentials of many apps. Without an owner, failures are not followed up, the credential is
#   not renewed, and obsolete workflows stay.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: System
#   fix: Set `metadata.owner` of the System to a team, and `spec.runsAs.owner` to the team accountable for its credential.
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
	message := sprintf("%s: the automation has no owner", [input.metadata.name])
}

findings contains {"path": ["spec", "runsAs", "owner"], "message": message} if {
	some credential in [automations.credential]
	not credential.owner
	message := sprintf("%s: `runsAs` has no `owner`", [input.metadata.name])
}
