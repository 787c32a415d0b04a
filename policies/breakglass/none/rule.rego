# METADATA
# title: No emergency account for when the usual sign-in fails
# description: If the usual sign-in is down or misconfigured, nobody can sign in, administrators included. If the only person with the
#   privileged role leaves, nobody can give the role to a successor. Only an account outside of the usual sign-in helps, and a single
#   account can be locked or lost.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Create two emergency accounts that belong to no person and do not depend on the usual sign-in or its policies, keep their secrets in
#     a vault, and list them in `spec.breakGlass`.
#   controls:
#     nist-800-53: ["AC-2(2)", CP-2]
#     iso-27001: [A.5.30]
#   params:
#     maxTier:
#       type: integer
#       default: 1
#       description: Highest tier number for which an emergency account is required
#       source: "a judgement: the most critical apps"
#     minAccounts:
#       type: integer
#       default: 2
#       description: Minimum number of emergency accounts
#       unit: count
#       source: Microsoft and Okta both advise two emergency accounts outside of the identity provider
#     maxTierOfOne:
#       type: integer
#       default: 2
#       description: Highest tier number for which one emergency account beside a single administrator is too few
#       source: "a judgement: with both gone, nobody gets in"
package policies.breakglass.none

import data.policies.lib.apps
import data.policies.lib.sign_ons

_params := data.leaver.params["breakglass/none"]

# Accounts that are still valid.
_accounts := [account |
	some account in input.spec.breakGlass
	not _has_expired(account)
]

_has_expired(account) if account.expires < data.leaver.today

# People sign in through an identity provider, with personal accounts.
_due if {
	apps.in_use
	count(sign_ons.federated) > 0
	not _no_personal_accounts
}

_no_personal_accounts if apps.mode in {"none", "shared"}

_critical if apps.tier <= _params.maxTier

findings contains {"path": ["spec", "breakGlass"], "message": message} if {
	_due
	_critical
	count(_accounts) == 0
	message := sprintf("%s: the app has tier %d, but no emergency account for when single sign-on fails", [
		input.metadata.name, apps.tier,
	])
}

findings contains {"path": ["spec", "breakGlass"], "message": message, "severity": "warning"} if {
	_due
	_critical
	count(_accounts) > 0
	count(_accounts) < _params.minAccounts
	message := sprintf("%s: the app has %d of at least %d emergency accounts", [input.metadata.name, count(_accounts), _params.minAccounts])
}

_all_enforced if count([how | some [_, how] in sign_ons.federated; not how.enforced == true]) == 0

# Single sign-on is enforced for everyone, and no account is outside of it.
findings contains {"path": ["spec", "breakGlass"], "message": message, "severity": "warning"} if {
	_due
	not _critical
	count(_accounts) == 0
	_all_enforced
	not input.spec.localAccounts.accounts
	message := sprintf("%s: single sign-on is enforced for everyone, but there is no emergency account for when it fails", [
		input.metadata.name,
	])
}

# Only one person has the role, such as the account holder of a store, and that person leaves one day.
findings contains {"path": ["spec", "roles", at, "max"], "message": message, "severity": "warning"} if {
	some at, role in input.spec.roles
	role.privileged == true
	role.max == 1
	apps.has_accounts
	apps.alive
	count(_accounts) == 0
	count(_wider_roles) == 0
	not _critical_federation
	not input.spec.localAccounts.accounts
	message := sprintf("%s: at most one person has the role `%s`, and there is no emergency account for when that person is gone", [
		input.metadata.name, role.name,
	])
}

# The same with one emergency account, if single sign-on is enforced for everyone.
findings contains {"path": ["spec", "breakGlass"], "message": message, "severity": "warning"} if {
	_due
	not _critical
	apps.tier <= _params.maxTierOfOne
	_all_enforced
	count(_accounts) > 0
	count(_accounts) < _params.minAccounts
	count(_wider_roles) == 0
	not input.spec.localAccounts.accounts
	some role in input.spec.roles
	role.privileged == true
	message := sprintf("%s: at most one person has the role `%s`, and the app has %d of at least %d emergency accounts", [
		input.metadata.name, role.name, count(_accounts), _params.minAccounts,
	])
}

# Privileged roles that several people may have.
_wider_roles := [role |
	some role in input.spec.roles
	role.privileged == true
	not _has_one_holder(role)
]

_has_one_holder(role) if role.max <= 1

# The findings above cover this case.
_critical_federation if {
	_due
	_critical
}

_critical_federation if {
	_due
	_all_enforced
}
