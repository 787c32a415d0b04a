# METADATA
# title: Sessions outlive the account
# description: Disabling an account does not sign the user out. Sessions and refresh tokens last for hours or weeks unless they are revoked.
#   At tier 1, the finding is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Declare `spec.lifecycle.revokeSessions`: Universal Logout, an API call, or sessions that expire (`maxSessionHours`)."
#   controls:
#     nist-800-53: [AC-12, PS-4b, AC-2l]
#     iso-27001: [A.8.5]
#     soc2: [CC6.2/Prevents-the-Use-of-Credentials-When-No-Longer-Valid]
package policies.leaver["sessions-survive"]

import data.policies.lib.apps

_stage := input.spec.lifecycle.revokeSessions

_sessions_end if {
	_stage.via != "none"
	not _waits_for_expiry
}

# A method is declared without `via`.
_sessions_end if {
	_stage.method
	not _stage.via
	not _waits_for_expiry
}

_sessions_end if _stage.maxSessionHours

_waits_for_expiry if _stage.method == "session-expiry"

default _severity := "warning"

_severity := "error" if apps.tier == 1

findings contains {"path": ["spec", "lifecycle", "revokeSessions", "via"], "message": message, "severity": _severity} if {
	apps.alive
	input.spec.lifecycle.deprovision
	not apps.mode == "none"
	not _sessions_end
	not _waits_for_expiry
	message := sprintf("%s: sessions of a closed account are not revoked (`revokeSessions`)", [input.metadata.name])
}

findings contains {"path": ["spec", "lifecycle", "revokeSessions", "maxSessionHours"], "message": message, "severity": _severity} if {
	apps.alive
	input.spec.lifecycle.deprovision
	not apps.mode == "none"
	not _sessions_end
	_waits_for_expiry
	message := sprintf("%s: sessions of a closed account are left to expire, but `maxSessionHours` is not declared", [input.metadata.name])
}
