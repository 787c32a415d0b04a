# METADATA
# title: Secret that leavers know
# description: People can read the secret, but nobody rotates it when one of them leaves, so leavers can still use it. For a privileged credential, or
#   a credential that provisioning uses, the finding is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Rotate the secret whenever one of these people leaves, and set `rotateOnLeave: true`; or store it where no person can read it and
#     remove the team from `knownTo`. For a local account, change the password and name the `vault` that holds it, or set
#     `privileged: false` if the account is harmless."
#   controls:
#     nist-800-53: [IA-5i, PS-4b, AC-2k]
#     owasp-nhi: [NHI1, NHI10]
package policies.credential["known-to-leavers"]

import data.policies.lib.apps
import data.policies.lib.credentials

_audience_text(item) := sprintf("the people of `%s` know the secret of", [concat("`, `", item.knownTo)]) if count(item.knownTo) > 0

_audience_text(item) := "people sign in with" if {
	item.interactive == true
	count(object.get(item, "knownTo", [])) == 0
}

_severity(item) := "error" if item.privileged == true

_severity(item) := "error" if {
	not item.privileged == true
	item.name in credentials.of_mechanisms
}

_severity(item) := "warning" if {
	not item.privileged == true
	not item.name in credentials.of_mechanisms
}

findings contains {"path": ["spec", "nonHuman", at, "rotateOnLeave"], "message": message, "severity": severity} if {
	some at, item in credentials.live
	not credentials.secretless(item)
	not item.rotateOnLeave == true
	some known in [_audience_text(item)]
	severity := _severity(item)
	message := sprintf("%s: %s the credential `%s`, which is not rotated when one of them leaves", [input.metadata.name, known, item.name])
}

# The person who created a local account knows its password.
findings contains {"path": ["spec", "localAccounts", "accounts", at, "vault"], "message": message, "severity": "warning"} if {
	some at, account in input.spec.localAccounts.accounts
	not account.vault
	not account.privileged == false
	apps.alive
	message := sprintf("%s: the local account `%s` names no `vault`, so the person who created it may still know its password", [
		input.metadata.name, account.name,
	])
}

# Teams can read the password of a local account, even if a vault stores the password.
findings contains {"path": ["spec", "localAccounts", "accounts", at, "rotateOnLeave"], "message": message, "severity": severity} if {
	apps.alive
	some at, account in input.spec.localAccounts.accounts
	_known(account)
	not account.rotateOnLeave == true
	severity := _local_severity(account)
	message := sprintf("%s: people know the password of the local account `%s`, which is not changed when one of them leaves", [
		input.metadata.name, account.name,
	])
}

_known(account) if count(account.knownTo) > 0

_known(account) if account.rotateOnLeave == false

_local_severity(account) := "error" if account.privileged == true

_local_severity(account) := "warning" if not account.privileged == true
