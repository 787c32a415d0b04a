# METADATA
# title: Credentials that nobody can revoke
# description: People make tokens that only they can end, and that outlive a working day. When somebody leaves, nothing but the end of the token
#   itself stops it. At tier 1 that is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Shorten the life of the tokens in the app and declare it in `maxLifeHours`, or forbid people to make them. Where the app allows
#     neither, name what limits them and have this waived.
#   controls:
#     nist-800-53: [PS-4b, IA-5d, AC-2l]
#     owasp-nhi: [NHI1]
#   params:
#     maxLifeHours:
#       type: object
#       default: {"1": 1, "2": 8, "3": 24, "4": 24}
#       description: Life of a credential, in hours by tier, within which nobody needs to revoke it
#       unit: hours
#       source: "a judgement: as long as an account of the tier may stay open, and a day at most"
package policies.leaver["unrevocable-credentials"]

import data.policies.lib.apps

_stage := input.spec.lifecycle.revokeCredentials

_limit := data.leaver.params["leaver/unrevocable-credentials"].maxLifeHours[sprintf("%d", [apps.tier])]

_short if _stage.maxLifeHours <= _limit

_life := sprintf("live for %v h", [_stage.maxLifeHours]) if _stage.maxLifeHours

_life := "live for a time that nobody declared" if not _stage.maxLifeHours

default _severity := "warning"

_severity := "error" if apps.tier == 1

findings contains {"path": ["spec", "lifecycle", "revokeCredentials", "revocable"], "message": message, "severity": _severity} if {
	apps.alive
	_stage.revocable == false
	not _short
	message := sprintf("%s: nobody can revoke the tokens of a person who leaves, and they %s (limit for tier %d is %v h)", [
		input.metadata.name, _life, apps.tier, _limit,
	])
}
