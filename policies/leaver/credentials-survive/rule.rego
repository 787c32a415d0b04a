# METADATA
# title: Tokens outlive the person
# description: In many apps personal access tokens and API keys go on working after the account is disabled. Whoever kept one is
#   still inside.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Declare `spec.lifecycle.revokeCredentials` with an owner and what does it in `via`. If the tokens end by themselves soon enough,
#     declare how long they live in `maxLifeHours`.
#   controls:
#     nist-800-53: [PS-4b, IA-5d, AC-2l]
#     pci-dss: ["8.2.5"]
#     owasp-nhi: [NHI1]
#   params:
#     maxLifeHours:
#       type: object
#       default: {"1": 1, "2": 8, "3": 24, "4": 24}
#       description: Life of a credential, in hours by tier, within which nobody needs to revoke it
#       unit: hours
#       source: "a judgement: as long as an account of the tier may stay open, and a day at most"
package policies.leaver["credentials-survive"]

import data.policies.lib.apps

# [key at fault, what is wrong]: nobody answers for it, or nothing does it.
_fault := ["owner", "nobody revokes them when they leave"] if not apps.owned("revokeCredentials")

_fault := ["via", "nothing says how they are revoked when somebody leaves"] if {
	apps.owned("revokeCredentials")
	not input.spec.lifecycle.revokeCredentials.via
}

_fault := ["via", "nothing revokes them when somebody leaves"] if {
	apps.owned("revokeCredentials")
	input.spec.lifecycle.revokeCredentials.via == "none"
}

_issued if input.spec.issuesTokens == true

_issued if count(input.spec.issues) > 0

_limit := data.leaver.params["leaver/credentials-survive"].maxLifeHours[sprintf("%d", [apps.tier])]

# They end by themselves before it matters.
_short_lived if input.spec.lifecycle.revokeCredentials.maxLifeHours <= _limit

# `leaver/unrevocable-credentials` says it.
_told if input.spec.lifecycle.revokeCredentials.revocable == false

_life := sprintf("; they live for %v h, limit for tier %d is %v h", [hours, apps.tier, _limit]) if {
	hours := input.spec.lifecycle.revokeCredentials.maxLifeHours
}

_life := "" if not input.spec.lifecycle.revokeCredentials.maxLifeHours

findings contains {"path": ["spec", "lifecycle", "revokeCredentials", key], "message": message} if {
	apps.alive
	_issued
	not _short_lived
	not _told
	some [key, what] in [_fault]
	message := sprintf("%s: people make tokens here, and %s%s", [input.metadata.name, what, _life])
}
