# METADATA
# title: Credentials that the revocation does not cover
# description: The revocation of a leaver's credentials does not cover every kind of credential that people can create. Credentials of the other kinds
#   keep working, for example an SSH key, an app password for mail or a connected chat tool. At tier 1, the finding is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Let `spec.lifecycle.revokeCredentials` revoke the missing kinds and add them to `covers`. If people cannot create them, remove them
#     from `spec.issues`.
#   controls:
#     nist-800-53: [PS-4b, IA-5d, AC-2l]
#     owasp-nhi: [NHI1]
#   params:
#     maxFactAgeDays:
#       type: integer
#       default: 3650
#       unit: days
#       minimum: 1
#       description: Maximum age of a vendor fact, in days
#       source: "none by default; two years in `strict`, since products change"
package policies.leaver["credentials-uncovered"]

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.personal
import data.policies.lib.vendors

_days := data.leaver.params["leaver/credentials-uncovered"].maxFactAgeDays

_stage := input.spec.lifecycle.revokeCredentials

# `leaver/unrevocable-credentials` reports credentials that cannot be revoked.
_irrevocable if _stage.revocable == false

_covered := {kind | some kind in _stage.covers}

# The vendor's list counts only if the app lists no kinds.
_documented := {kind |
	count(personal.declared) == 0
	not input.spec.issuesTokens == false
	fact := vendors.facts.issues
	vendors.fresh(fact, _days)
	some kind in fact.value
}

_missing := (((personal.declared | personal.consents) | _documented) | personal.personal_tokens) - _covered

findings contains {"path": ["spec", "lifecycle", "revokeCredentials", "covers"], "message": message, "severity": "info"} if {
	apps.alive
	mechanisms.done("revokeCredentials")
	not _irrevocable
	_stage.covers
	count(_covered & {"oauthGrants", "agentConsents"}) == 0
	count(_missing) == 0
	count(personal.unbound) > 0
	message := sprintf("%s: `revokeCredentials` does not cover `oauthGrants`, and `boundTo` is missing for `%s`, so people may have granted other products access that nobody revokes", [
		input.metadata.name, concat("`, `", sort(personal.unbound)),
	])
}

default _severity := "warning"

_severity := "error" if apps.tier == 1

_related := [{"kind": "App", "name": input.metadata.name, "path": ["spec", "thirdPartyGrants", at], "message": "granted by a person"} |
	count(personal.consents - _covered) > 0
	some at in personal.personal_grants
]

_source := sprintf(" (%s)", [vendors.cited(vendors.facts.issues)]) if count(_documented) > 0

_source := "" if count(_documented) == 0

findings contains {"path": ["spec", "lifecycle", "revokeCredentials", "covers"], "message": message, "severity": _severity, "related": _related} if {
	apps.alive
	mechanisms.done("revokeCredentials")
	not _irrevocable
	count(_missing) > 0
	message := sprintf("%s: `revokeCredentials` does not cover `%s`%s", [input.metadata.name, concat("`, `", sort(_missing)), _source])
}

# `leaver/credentials-survive` reports a stage that is not done.
_reported_elsewhere if input.spec.issuesTokens == true

_reported_elsewhere if count(personal.declared) > 0

findings contains {"path": ["spec", "lifecycle", "revokeCredentials"], "message": message, "severity": _severity, "related": _related} if {
	apps.alive
	not mechanisms.done("revokeCredentials")
	not _reported_elsewhere
	count(personal.personal_grants) > 0
	message := sprintf("%s: people granted other products access to their account, but `revokeCredentials` is not done", [input.metadata.name])
}

findings contains {"path": ["spec", "lifecycle", "revokeCredentials", "covers"], "message": message, "severity": "info"} if {
	apps.alive
	mechanisms.done("revokeCredentials")
	not _irrevocable
	input.spec.issuesTokens == true
	count(_missing) == 0
	not _stage.covers
	message := sprintf("%s: `revokeCredentials` has no `covers`, so it is unclear which credentials are revoked", [input.metadata.name])
}
