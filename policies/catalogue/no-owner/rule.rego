# METADATA
# title: App without an owner
# description: Every question about an app ends with its owner, and a reviewer, an auditor or an incident has nobody to ask. A team has to answer
#   for it from the first day.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `metadata.owner` to the Team that answers for the app.
#   controls:
#     nist-800-53: ["AC-2b"]
#     iso-27001: ["A.5.9"]
#     cis-v8: ["2.1"]
package policies.catalogue["no-owner"]

import data.policies.lib.apps

findings contains {"path": ["metadata", "owner"], "message": message} if {
	apps.in_use
	not input.metadata.owner
	message := sprintf("%s: nobody owns the app", [input.metadata.name])
}
