# METADATA
# title: Second accounts that are not closed
# description: Administrators often have a second account. The identity provider and the HR system treat this account as another person, so the more
#   privileged account stays open after the first account is closed. At tier 1, the finding is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Link each second account to its person, close it in the same stage, and set `closedWith: first-account`; or set `owner` to the team
#     whose separate process closes it."
#   controls:
#     nist-800-53: ["AC-2(7)", PS-4a, AC-2f]
#     iso-27001: [A.8.2]
#     cis-v8: ["5.4"]
package policies.admin["unlinked-accounts"]

import data.policies.lib.apps

_accounts := input.spec.secondAccounts

default _severity := "warning"

_severity := "error" if apps.tier == 1

# The key and the text of the fault.
_fault := ["closedWith", "these accounts are not closed when the person leaves (`closedWith: nothing`)"] if _accounts.closedWith == "nothing"

_fault := ["closedWith", "`closedWith` does not declare what closes these accounts when the person leaves"] if not _accounts.closedWith

_fault := ["owner", "the process that closes these accounts has no `owner`"] if {
	_accounts.closedWith == "own-process"
	not _accounts.owner
}

findings contains {"path": ["spec", "secondAccounts", key], "message": message, "severity": _severity} if {
	apps.alive
	_accounts
	not _accounts.none == true
	some [key, what] in [_fault]
	message := sprintf("%s: people have second accounts%s, but %s", [input.metadata.name, _pattern, what])
}

_pattern := sprintf(" (`%s`)", [_accounts.pattern]) if _accounts.pattern

_pattern := "" if not _accounts.pattern
