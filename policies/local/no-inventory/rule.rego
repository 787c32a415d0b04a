# METADATA
# title: Local accounts are not declared
# description: Accounts with a password of the app bypass single sign-on and deprovisioning. If an app does not declare its local accounts, some of
#   these accounts may be unknown. At tier 1 and 2, the finding is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "List the local accounts in `spec.localAccounts.accounts`, or set `none: true` and `checkedOn` to the date of the last check."
#   controls:
#     nist-800-53: [AC-2a, AC-2d, AC-2b]
#     pci-dss: ["7.2.4", "8.2.1"]
#     cis-v8: ["5.1", "5.6"]
#   params:
#     errorTier:
#       type: integer
#       default: 2
#       description: Highest tier number for which the finding is an error
#       source: "a judgement: tier 1 and 2"
package policies.local["no-inventory"]

import data.policies.lib.apps
import data.policies.lib.sign_ons

# The app declares its stages, and may have a single sign-on that a local account could bypass.
_due if {
	apps.alive
	input.spec.lifecycle
	not _no_sign_on
}

_no_sign_on if {
	count(sign_ons.current) > 0
	count([how | some [_, how] in sign_ons.current; not object.get(how, "protocol", "") in {"local", "none"}]) == 0
}

_listed if count(input.spec.localAccounts.accounts) > 0

findings contains {"path": ["spec", "localAccounts"], "message": message, "severity": _severity} if {
	_due
	not _listed
	not input.spec.localAccounts.none == true
	message := sprintf("%s: `localAccounts` does not declare whether there are local accounts", [input.metadata.name])
}

findings contains {"path": ["spec", "localAccounts", "checkedOn"], "message": message, "severity": _severity} if {
	_due
	not _listed
	input.spec.localAccounts.none == true
	not input.spec.localAccounts.checkedOn
	message := sprintf("%s: no local accounts are declared, but `checkedOn` is missing", [input.metadata.name])
}

findings contains {"path": ["spec", "localAccounts", "none"], "message": message, "severity": _severity, "related": related} if {
	apps.alive
	_listed
	input.spec.localAccounts.none == true
	related := [{
		"kind": "App", "name": input.metadata.name, "path": ["spec", "localAccounts", "accounts"], "message": "listed here",
	}]
	message := sprintf("%s: `none` is `true`, but local accounts are listed", [input.metadata.name])
}

default _severity := "warning"

_severity := "error" if apps.tier <= data.leaver.params["local/no-inventory"].errorTier
