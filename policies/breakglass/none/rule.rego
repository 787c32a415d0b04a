# METADATA
# title: Too few emergency accounts
# description: If the usual sign-in is down or misconfigured, nobody can sign in, administrators included. If the only person with the
#   privileged role leaves, nobody can grant the role to a successor. Only an account outside of the usual sign-in helps, and a single
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
#     maxTierOfOneHolder:
#       type: integer
#       default: 2
#       description: Highest tier number for which one emergency account is too few if a privileged role has at most one person
#       source: "a judgement: one tier below `maxTier`"
#     minAccounts:
#       type: integer
#       default: 2
#       description: Minimum number of emergency accounts
#       unit: count
#       source: Microsoft and Okta both advise two emergency accounts outside of the identity provider
package policies.breakglass.none

import data.policies.lib.apps
import data.policies.lib.emergency
import data.policies.lib.sign_ons

_params := data.leaver.params["breakglass/none"]

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
	count(emergency.accounts) == 0
	message := sprintf("%s: the app has tier %d, but no emergency account in case single sign-on fails", [
		input.metadata.name, apps.tier,
	])
}

findings contains {"path": ["spec", "breakGlass"], "message": message, "severity": "warning"} if {
	_due
	_critical
	count(emergency.accounts) > 0
	count(emergency.accounts) < _params.minAccounts
	message := sprintf("%s: the app has %d of at least %d emergency accounts", [input.metadata.name, count(emergency.accounts), _params.minAccounts])
}

# Single sign-on is enforced for everyone, and no account is outside of single sign-on.
findings contains {"path": ["spec", "breakGlass"], "message": message, "severity": "warning"} if {
	_due
	not _critical
	count(emergency.accounts) == 0
	emergency.sign_on_enforced
	not input.spec.localAccounts.accounts
	message := sprintf("%s: single sign-on is enforced for everyone, but no emergency account exists in case single sign-on fails", [
		input.metadata.name,
	])
}

# At most one person has a privileged role, like an app store's account holder. If this person leaves, nobody can grant the role to a successor.
findings contains {"path": ["spec", "roles", at, "max"], "message": message, "severity": "warning"} if {
	some [at, role] in emergency.sole_roles
	apps.has_accounts
	apps.alive
	count(emergency.accounts) == 0
	count(emergency.wider_roles) == 0
	not _covered
	not input.spec.localAccounts.accounts
	message := sprintf("%s: at most one person has the role `%s`, and there is no emergency account in case this person leaves", [
		input.metadata.name, role.name,
	])
}

# If at most one person has a privileged role and single sign-on is enforced for everyone, tiers up to `maxTierOfOneHolder` need a second account.
findings contains {"path": ["spec", "breakGlass"], "message": message, "severity": "warning"} if {
	_due
	not _critical
	apps.tier <= _params.maxTierOfOneHolder
	emergency.sign_on_enforced
	count(emergency.accounts) > 0
	count(emergency.accounts) < _params.minAccounts
	count(emergency.wider_roles) == 0
	not input.spec.localAccounts.accounts
	some [_, role] in emergency.sole_roles
	message := sprintf("%s: at most one person has the role `%s`, and the app has %d of at least %d emergency accounts", [
		input.metadata.name, role.name, count(emergency.accounts), _params.minAccounts,
	])
}

# The findings about tier 1 and about enforced single sign-on already report the app.
_covered if {
	_due
	_enforced_or_critical
}

_enforced_or_critical if _critical

_enforced_or_critical if emergency.sign_on_enforced
