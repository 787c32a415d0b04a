# METADATA
# title: Accounts matched by something that changes
# description: Mail addresses and user names change with a marriage, a merger or a new domain. On that day the sign-in makes a new account
#   beside the one that the push knows, and the old one is nobody's.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Match by an attribute that stays with the person, such as an employee number or the object id of the identity provider, and
#     declare it in `matchKey`.
#   controls:
#     nist-800-53: [IA-4c, IA-4d]
#     pci-dss: ["8.2.1"]
#   params:
#     changing:
#       type: array
#       default: [email, emailAddress, mail, userName, userPrincipalName, upn, login, displayName, name, sAMAccountName]
#       description: Attributes that change while a person stays, in any case of letters
#       source: guess
package policies.hybrid["changing-match-key"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

_changing := {lower(name) | some name in data.leaver.params["hybrid/changing-match-key"].changing}

# Both create or change accounts.
_blocks contains "jit" if count(mechanisms.used) > 0

_blocks contains via if some via in mechanisms.used

findings contains {"path": ["spec", "provisioning", block, "matchKey"], "message": message} if {
	apps.created_by_jit
	count(_blocks) > 1
	some block in _blocks
	some key in [input.spec.provisioning[block].matchKey]
	lower(key) in _changing
	message := sprintf("%s: `%s` matches accounts by `%s`, which changes while the person stays", [input.metadata.name, block, key])
}
