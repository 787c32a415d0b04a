# METADATA
# title: Sessions that expire too late
# description: Where nothing ends the sessions of a closed account, their longest life is the time in which a leaver is still inside.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Shorten the sessions of the app, or end them when the account is closed: name the `method` of
#     `spec.lifecycle.revokeSessions` and what carries it out."
#   controls:
#     nist-800-53: [AC-12, PS-4b, AC-2l]
#     iso-27001: [A.8.5]
#     pci-dss: ["8.2.8"]
#     soc2: [CC6.2/Prevents-the-Use-of-Credentials-When-No-Longer-Valid]
#   params:
#     maxHours:
#       type: object
#       default: {"1": 12, "2": 24, "3": 720, "4": 720}
#       description: Longest life of a session that nothing ends earlier, in hours by tier
#       unit: hours
#       source: "NIST SP 800-63B-4: 12 hours at AAL3, 24 hours at AAL2, 30 days at AAL1; which tier is which level is a guess"
package policies.leaver["long-session"]

import data.policies.lib.apps

_stage := input.spec.lifecycle.revokeSessions

_limit := data.leaver.params["leaver/long-session"].maxHours[sprintf("%d", [apps.tier])]

# Nothing ends them before they expire.
_left_to_expire if _stage.via == "none"

_left_to_expire if _stage.method == "session-expiry"

_left_to_expire if {
	_stage.maxSessionHours
	not _stage.via
	not _stage.method
}

findings contains {"path": ["spec", "lifecycle", "revokeSessions", "maxSessionHours"], "message": message} if {
	apps.alive
	_left_to_expire
	some hours in [_stage.maxSessionHours]
	some limit in [_limit]
	hours > limit
	message := sprintf("%s: sessions of a closed account last up to %v h, limit for tier %d is %v h", [
		input.metadata.name, hours, apps.tier, limit,
	])
}
