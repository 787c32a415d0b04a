# METADATA
# title: Sessions that expire too late
# description: If sessions of a closed account are not revoked, a leaver keeps access until they expire.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Shorten the sessions of the app, or revoke them when the account is closed: set `method` and `via` of
#     `spec.lifecycle.revokeSessions`."
#   controls:
#     nist-800-53: [AC-12, PS-4b, AC-2l]
#     iso-27001: [A.8.5]
#     pci-dss: ["8.2.8"]
#     soc2: [CC6.2/Prevents-the-Use-of-Credentials-When-No-Longer-Valid]
#   params:
#     maxHours:
#       type: object
#       default: {"1": 12, "2": 24, "3": 720, "4": 720}
#       description: Maximum lifetime of sessions that are not revoked, in hours by tier
#       unit: hours
#       source: "NIST SP 800-63B-4: 12 hours at AAL3, 24 hours at AAL2, 30 days at AAL1; the level of each tier is a judgement"
package policies.leaver["long-session"]

import data.policies.lib.apps

_stage := input.spec.lifecycle.revokeSessions

_limit := data.leaver.params["leaver/long-session"].maxHours[sprintf("%d", [apps.tier])]

# Sessions last until they expire.
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
	message := sprintf("%s: sessions of a closed account last up to %v h (limit for tier %d: %v h)", [
		input.metadata.name, hours, apps.tier, limit,
	])
}
