# METADATA
# title: Sessions outlive the account
# description: Disabling an account does not sign anybody out. Sessions and refresh tokens go on for hours or weeks unless
#   something ends them.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Declare `spec.lifecycle.revokeSessions`: Universal Logout, an API call, or a short session (`maxSessionHours`)."
#   controls:
#     nist-800-53: [AC-12, PS-4b]
#     iso-27001: [A.8.5]
#     soc2: [CC6.2.3]
package policies.leaver["sessions-survive"]

import data.policies.lib.apps

_ended if {
	via := input.spec.lifecycle.revokeSessions.via
	via != "none"
}

_ended if input.spec.lifecycle.revokeSessions.maxSessionHours

findings contains {"path": ["spec", "lifecycle", "revokeSessions", "via"], "message": message, "severity": severity} if {
	apps.alive
	input.spec.lifecycle.deprovision
	not _ended
	severity := {true: "error", false: "warning"}[apps.tier == 1]
	message := sprintf("%s: nothing ends the sessions of a closed account", [input.metadata.name])
}
