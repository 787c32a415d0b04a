# METADATA
# title: Credentials that the revocation leaves out
# description: "The step that revokes the credentials of a leaver covers some kinds of them, and people can make others. What is left out goes on
#   working: an SSH key, a password for a mail program, a chat tool that was once connected. At tier 1 that is an error."
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Let `spec.lifecycle.revokeCredentials` revoke the missing kinds and add them to `covers`; if people cannot make them, take them out
#     of `spec.issues`.
#   controls:
#     nist-800-53: [PS-4b, IA-5d, AC-2l]
#     owasp-nhi: [NHI1]
#   params:
#     maxFactAgeDays:
#       type: integer
#       default: 3650
#       unit: days
#       minimum: 1
#       description: Oldest fact about a vendor that the rule relies on.
#       source: "none by default; `strict` takes two years: products change faster than their documentation is read"
package policies.leaver["credentials-uncovered"]

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.personal
import data.policies.lib.vendors

_days := data.leaver.params["leaver/credentials-uncovered"].maxFactAgeDays

_stage := input.spec.lifecycle.revokeCredentials

# What cannot be revoked is for `leaver/unrevocable-credentials`.
_left_alone if _stage.revocable == false

_covered := {kind | some kind in _stage.covers}

# What the vendor documents counts where the app lists no kinds itself.
_documented := {kind |
	count(personal.declared) == 0
	not input.spec.issuesTokens == false
	fact := vendors.facts.issues
	vendors.fresh(fact, _days)
	some kind in fact.value
}

_missing := (((personal.declared | personal.consents) | _documented) | personal.shown) - _covered

findings contains {"path": ["spec", "lifecycle", "revokeCredentials", "covers"], "message": message, "severity": "info"} if {
	apps.alive
	mechanisms.done("revokeCredentials")
	not _left_alone
	_stage.covers
	count(_covered & {"oauthGrants", "agentConsents"}) == 0
	count(_missing) == 0
	count(personal.unsaid) > 0
	message := sprintf("%s: `revokeCredentials` does not cover `oauthGrants`, and nothing says whether people gave the access of `%s` themselves", [
		input.metadata.name, concat("`, `", sort(personal.unsaid)),
	])
}

default _severity := "warning"

_severity := "error" if apps.tier == 1

_related := [{"kind": "App", "name": input.metadata.name, "path": ["spec", "thirdPartyGrants", at], "message": "given by a person"} |
	count(personal.consents - _covered) > 0
	some at in personal.given
]

_source := sprintf(" (%s)", [vendors.cited(vendors.facts.issues)]) if count(_documented) > 0

_source := "" if count(_documented) == 0

findings contains {"path": ["spec", "lifecycle", "revokeCredentials", "covers"], "message": message, "severity": _severity, "related": _related} if {
	apps.alive
	mechanisms.done("revokeCredentials")
	not _left_alone
	count(_missing) > 0
	message := sprintf("%s: `revokeCredentials` does not cover `%s`%s", [input.metadata.name, concat("`, `", sort(_missing)), _source])
}

# Nothing is revoked at all, and `leaver/credentials-survive` has no reason to speak of it.
_asked if input.spec.issuesTokens == true

_asked if count(personal.declared) > 0

findings contains {"path": ["spec", "lifecycle", "revokeCredentials"], "message": message, "severity": _severity, "related": _related} if {
	apps.alive
	not mechanisms.done("revokeCredentials")
	not _asked
	count(personal.given) > 0
	message := sprintf("%s: people gave other products access to their account, and nothing takes it away when they leave", [input.metadata.name])
}

findings contains {"path": ["spec", "lifecycle", "revokeCredentials", "covers"], "message": message, "severity": "info"} if {
	apps.alive
	mechanisms.done("revokeCredentials")
	not _left_alone
	input.spec.issuesTokens == true
	count(_missing) == 0
	not _stage.covers
	message := sprintf("%s: nothing says which credentials `revokeCredentials` covers", [input.metadata.name])
}
