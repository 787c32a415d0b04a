# METADATA
# title: Second accounts that nothing closes
# description: Administrators often have a second account beside their own. For the identity provider and the HR system it is another person, so
#   what closes the first one leaves the second, which has more rights. At tier 1 that is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Link each second account to its person, close it in the same step, and declare `closedWith: first-account`; or name in `owner` the
#     team whose own process closes it."
#   controls:
#     nist-800-53: ["AC-2(7)", PS-4a, AC-2f]
#     iso-27001: [A.8.2]
#     cis-v8: ["5.4"]
package policies.admin["unlinked-accounts"]

import data.policies.lib.apps

_accounts := input.spec.secondAccounts

default _severity := "warning"

_severity := "error" if apps.tier == 1

# [key at fault, what is wrong]
_fault := ["closedWith", "nothing closes them when their person leaves"] if _accounts.closedWith == "nothing"

_fault := ["closedWith", "nothing says what closes them when their person leaves"] if not _accounts.closedWith

_fault := ["owner", "nobody owns the process that closes them"] if {
	_accounts.closedWith == "own-process"
	not _accounts.owner
}

findings contains {"path": ["spec", "secondAccounts", key], "message": message, "severity": _severity} if {
	apps.alive
	_accounts
	not _accounts.none == true
	some [key, what] in [_fault]
	message := sprintf("%s: people have second accounts%s, and %s", [input.metadata.name, _pattern, what])
}

_pattern := sprintf(" (`%s`)", [_accounts.pattern]) if _accounts.pattern

_pattern := "" if not _accounts.pattern
