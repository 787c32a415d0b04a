# METADATA
# title: App without an owner
# description: Without an owner, reviewers, auditors and incident responders do not know which team to ask about the app.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `metadata.owner` to the Team that is accountable for the app.
#   controls:
#     nist-800-53: ["AC-2b"]
#     iso-27001: ["A.5.9"]
#     cis-v8: ["2.1"]
package policies.catalogue["no-owner"]

import data.policies.lib.apps

findings contains {"path": ["metadata", "owner"], "message": message} if {
	apps.in_use
	not input.metadata.owner
	message := sprintf("%s: the app has no owner", [input.metadata.name])
}
