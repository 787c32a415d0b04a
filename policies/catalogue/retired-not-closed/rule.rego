# METADATA
# title: Retired app that is not closed
# description: After an app is retired, its reviews stop, so nobody notices the accounts, tokens and data that remain.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Complete the open steps and set their dates in `spec.retirement`. Until then set `status` to `retiring`.
#   controls:
#     soc2: [CC6.1/Manages-Credentials-for-Infrastructure-and-Software]
#     nist-csf: [ID.AM-08]
#     owasp-nhi: [NHI1]
package policies.catalogue["retired-not-closed"]

import data.policies.lib.apps
import data.policies.lib.sign_ons

# The noun for each step in the message.
_step_names := {
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

_open_steps := [key |
	some key, _ in _step_names
	key in _needed
	not _done(key)
]

findings contains {"path": ["spec", "retirement", _open_steps[0]], "message": message} if {
	input.spec.status == "retired"
	count(_open_steps) > 0
	message := sprintf("%s: the app is retired, but these steps are open: %s", [input.metadata.name, concat(", ", [_step_names[key] | some key in _open_steps])])
}
