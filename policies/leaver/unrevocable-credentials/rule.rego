# METADATA
# title: Credentials that administrators cannot revoke
# description: Only the person who created a token can revoke it, and the token lives longer than the limit. After the person left, the token works
#   until it expires. At tier 1, the finding is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Shorten the lifetime of the tokens in the app and set `maxLifeHours`, or forbid people to create them. If the app allows neither,
#     waive the finding and state how the tokens are limited.
#   controls:
#     nist-800-53: [PS-4b, IA-5d, AC-2l]
#     owasp-nhi: [NHI1]
#   params:
#     maxLifeHours:
#       type: object
#       default: {"1": 1, "2": 8, "3": 24, "4": 24}
#       description: Maximum lifetime of a credential that cannot be revoked, in hours by tier
#       unit: hours
#       source: "a judgement: the time for which an account of the tier may stay open, but at most a day"
package policies.leaver["unrevocable-credentials"]

import data.policies.lib.apps

_stage := input.spec.lifecycle.revokeCredentials

_limit := data.leaver.params["leaver/unrevocable-credentials"].maxLifeHours[sprintf("%d", [apps.tier])]

_short_lived if _stage.maxLifeHours <= _limit

_lifetime_text := sprintf("live for %v h", [_stage.maxLifeHours]) if _stage.maxLifeHours

_lifetime_text := "have no declared lifetime (`maxLifeHours`)" if not _stage.maxLifeHours

default _severity := "warning"

_severity := "error" if apps.tier == 1

findings contains {"path": ["spec", "lifecycle", "revokeCredentials", "revocable"], "message": message, "severity": _severity} if {
	apps.alive
	_stage.revocable == false
	not _short_lived
	message := sprintf("%s: the tokens of a leaver cannot be revoked, and they %s (limit for tier %d: %v h)", [
		input.metadata.name, _lifetime_text, apps.tier, _limit,
	])
}
