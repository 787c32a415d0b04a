# METADATA
# title: Retired app that is not closed
# description: When an app is given up, its owner moves on and its reviews stop. An account, a token or a copy of the data that is left behind
#   then has nobody who would ever notice it.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Close what is open and write the day in `spec.retirement`. Until all is done the `status` is `retiring`.
#   controls:
#     soc2: [CC6.1/Manages-Credentials-for-Infrastructure-and-Software]
#     nist-csf: [ID.AM-08]
#     owasp-nhi: [NHI1]
package policies.catalogue["retired-not-closed"]

import data.policies.lib.apps
import data.policies.lib.sign_ons

# What has to be closed, and what it is called.
_words := {
	"accountsRemovedOn": "accounts",
	"credentialsRevokedOn": "credentials",
	"signOnRemovedOn": "sign-on",
	"dataTransferredOn": "data",
}

_done(key) if input.spec.retirement[key] <= data.leaver.today

_needed contains "accountsRemovedOn" if {
	input.spec
	not apps.mode == "none"
}

_needed contains "credentialsRevokedOn" if not input.spec.issuesTokens == false

_needed contains "credentialsRevokedOn" if {
	some list in ["nonHuman", "thirdPartyGrants"]
	some item in input.spec[list]
	not _revoked(item)
}

_needed contains "signOnRemovedOn" if count(sign_ons.systems) > 0

_needed contains "dataTransferredOn" if not input.spec.dataClass == "public"

_revoked(item) if item.revokedOn <= data.leaver.today

_open := [key |
	some key, _ in _words
	key in _needed
	not _done(key)
]

findings contains {"path": ["spec", "retirement", _open[0]], "message": message} if {
	input.spec.status == "retired"
	count(_open) > 0
	message := sprintf("%s: the app is retired, but not closed: %s", [input.metadata.name, concat(", ", [_words[key] | some key in _open])])
}
