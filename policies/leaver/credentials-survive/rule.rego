# METADATA
# title: Tokens outlive the person
# description: In many apps, personal access tokens and API keys keep working after the account is disabled. A leaver who kept a token still has
#   access.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set the owner and `via` of `spec.lifecycle.revokeCredentials`. If the tokens expire soon enough, declare their lifetime in
#     `maxLifeHours`.
#   controls:
#     nist-800-53: [PS-4b, IA-5d, AC-2l]
#     pci-dss: ["8.2.5"]
#     owasp-nhi: [NHI1]
#   params:
#     maxLifeHours:
#       type: object
#       default: {"1": 1, "2": 8, "3": 24, "4": 24}
#       description: Maximum lifetime of a credential that is not revoked, in hours by tier
#       unit: hours
#       source: "a judgement: the time for which an account of the tier may stay open, but at most a day"
package policies.leaver["credentials-survive"]

import data.policies.lib.apps

# The key and the text of the fault: the stage has no owner, or is not done.
_fault := ["owner", "`revokeCredentials` has no owner"] if not apps.owned("revokeCredentials")

_fault := ["via", "`revokeCredentials` has no `via`, so it is unclear how the credentials are revoked"] if {
	apps.owned("revokeCredentials")
	not input.spec.lifecycle.revokeCredentials.via
}

_fault := ["via", "`revokeCredentials` has `via: none`, so the credentials are not revoked"] if {
	apps.owned("revokeCredentials")
	input.spec.lifecycle.revokeCredentials.via == "none"
}

_issued if input.spec.issuesTokens == true

_issued if count(input.spec.issues) > 0

_limit := data.leaver.params["leaver/credentials-survive"].maxLifeHours[sprintf("%d", [apps.tier])]

# The credentials expire within the limit.
_short_lived if input.spec.lifecycle.revokeCredentials.maxLifeHours <= _limit

# `leaver/unrevocable-credentials` reports credentials that cannot be revoked.
_reported_elsewhere if input.spec.lifecycle.revokeCredentials.revocable == false

_lifetime_suffix := sprintf("; they live for %v h (limit for tier %d: %v h)", [hours, apps.tier, _limit]) if {
	hours := input.spec.lifecycle.revokeCredentials.maxLifeHours
}

_lifetime_suffix := "" if not input.spec.lifecycle.revokeCredentials.maxLifeHours

findings contains {"path": ["spec", "lifecycle", "revokeCredentials", key], "message": message} if {
	apps.alive
	_issued
	not _short_lived
	not _reported_elsewhere
	some [key, what] in [_fault]
	message := sprintf("%s: people can create tokens, but %s%s", [input.metadata.name, what, _lifetime_suffix])
}
