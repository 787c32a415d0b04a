# METADATA
# title: Accounts matched by a fallback key
# description: If no account has the key, the mechanism tries another attribute. A new person with a leaver's mail address or user name then
#   gets the leaver's account, with its data and roles.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Switch the fallback off once all accounts have the key (see `backfilled`), and remove `fallback` from `matchKey`. Do not reuse the
#     addresses of leavers.
#   controls:
#     nist-800-53: [IA-4c, IA-4d]
#     pci-dss: ["8.2.1"]
#   params:
#     changing:
#       type: array
#       default: [email, emailAddress, mail, userName, userPrincipalName, upn, login, displayName, name, sAMAccountName]
#       description: Attributes that can pass from one person to another; case is ignored
#       source: a judgement
package policies.hybrid["match-fallback"]

import data.policies.lib.apps
import data.policies.lib.keys

_changing := {lower(name) | some name in data.leaver.params["hybrid/match-fallback"].changing}

_is_reassigned(name) if {
	input.spec.provisioning.identifiersReused == true
	lower(name) in _changing
}

_severity(name) := "error" if lower(name) in _changing

_severity(name) := "warning" if not lower(name) in _changing

findings contains {"path": ["spec", "provisioning", via, "matchKey", "fallback"], "message": message, "severity": severity} if {
	apps.alive
	some via, key in keys.declared
	some fallback in [key.fallback]
	severity := _severity(fallback)
	message := sprintf("%s: if no account has the `%s`, `%s` matches one with the same `%s`", [input.metadata.name, key.attribute, via, fallback])
}

findings contains {"path": key.path, "message": message, "related": related} if {
	apps.alive
	some via, key in keys.declared
	_is_reassigned(key.attribute)
	message := sprintf("%s: `%s` matches accounts by `%s`, which is reused after a person leaves", [
		input.metadata.name, via, key.attribute,
	])
	related := [{
		"kind": "App", "name": input.metadata.name, "path": ["spec", "provisioning", "identifiersReused"], "message": "identifiers are reused",
	}]
}
