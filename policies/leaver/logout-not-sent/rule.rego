# METADATA
# title: Logout signal that the system does not send
# description: The app relies on a call by the identity provider to end sessions of leavers, but the identity provider sends no such call. The
#   sessions last until they expire. At tier 1, the finding is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set a `method` that works in `spec.lifecycle.revokeSessions`, such as `api` or `admin-console`, or shorten the sessions and declare
#     `session-expiry` with `maxSessionHours`.
#   controls:
#     nist-800-53: [AC-12, PS-4b, AC-2l]
#     iso-27001: [A.8.5]
package policies.leaver["logout-not-sent"]

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.sign_ons

_stage := input.spec.lifecycle.revokeSessions

# The Systems that call the app to end sessions: the System of the stage, or else the Systems of the sign-ons.
_systems contains _stage.system if _stage.system

_systems contains system if {
	not _stage.system
	not _connector_system
	some system in sign_ons.systems
}

# Without a method, the System of the connector ends the sessions.
_by_connector if {
	_stage.via == "connector"
	not _stage.method
}

_connector_system := mechanisms.system("revokeSessions") if _by_connector

_systems contains _connector_system

_contradiction_text(system) := sprintf("`revokeSessions` relies on `%s`, but %s does not send it", [_stage.method, system]) if _stage.method in sign_ons.logout_methods

_contradiction_text(system) := sprintf("a connector is declared to end sessions, but %s does not revoke sessions", [system]) if _by_connector

# The severity is the same as in `leaver/sessions-survive`.
default _severity := "warning"

_severity := "error" if apps.tier == 1

findings contains {"path": ["spec", "lifecycle", "revokeSessions", "method"], "message": message, "severity": _severity, "related": related} if {
	apps.alive
	some system in _systems
	data.leaver.catalogue.System[system].spec.revokesSessions == false
	message := sprintf("%s: %s", [input.metadata.name, _contradiction_text(system)])
	related := [{"kind": "System", "name": system, "path": ["spec", "revokesSessions"], "message": "does not revoke sessions"}]
}
