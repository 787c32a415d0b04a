# METADATA
# title: Nobody is told when the sync stops
# description: A job with a bad credential slows down, and is switched off after some weeks. Where no mailbox or queue gets the
#   message, leavers stay active until somebody happens to look.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Name the mailbox, channel or queue in `alert` of the set-up, and set it in the identity provider (Entra: *Notification
#     Email*)."
#   controls:
#     nist-800-53: ["AC-2(4)", CA-7]
package policies.scim["no-failure-alert"]

import data.policies.lib.apps

findings contains {"path": ["spec", "provisioning", block, "alert"], "message": message, "severity": severity} if {
	apps.alive
	some block in ["scim", "connector", "directory"]
	input.spec.provisioning[block]
	not input.spec.provisioning[block].alert
	severity := {true: "error", false: "warning"}[apps.tier == 1]
	message := sprintf("%s: nobody is told when the %s sync fails or is quarantined", [input.metadata.name, block])
}
