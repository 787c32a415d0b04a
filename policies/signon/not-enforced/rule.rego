# METADATA
# title: Sign-in that can be bypassed with a password of the app
# description: "An identity provider or a directory signs people in, but the app still accepts its own passwords, for example from older users,
#   through a hidden password form, or after \"forgot password\". A leaver who is blocked elsewhere can sign in with such a password. At tier 1, the
#   finding is an error."
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Let the app accept no passwords of its own, switch password reset off, and set `enforced: true` and `passwordReset: false` in
#     `spec.signOn`. Emergency accounts are exempt."
#   controls:
#     nist-800-53: [IA-2, AC-2f, PS-4a]
#     iso-27001: [A.8.5]
#     pci-dss: ["8.2.5"]
package policies.signon["not-enforced"]

import data.policies.lib.apps
import data.policies.lib.sign_ons

_due if {
	apps.in_use
	not _no_personal_accounts
}

_no_personal_accounts if apps.mode in {"none", "shared"}

_declares_enforcement(how) if is_boolean(how.enforced)

default _severity := "warning"

_severity := "error" if apps.tier == 1

findings contains {"path": array.concat(path, ["enforced"]), "message": message, "severity": _severity} if {
	_due
	some [path, how] in sign_ons.federated
	how.enforced == false
	message := sprintf("%s: single sign-on%s is set up, but people can also sign in with a password of the app", [input.metadata.name, sign_ons.by(how)])
}

findings contains {"path": array.concat(path, ["passwordReset"]), "message": message, "severity": _severity} if {
	_due
	some [path, how] in sign_ons.federated
	not how.enforced == false
	how.passwordReset == true
	message := sprintf("%s: people who sign in through %s can also set a password in the app", [input.metadata.name, _provider(how)])
}

_provider(how) := how.system if how.system

_provider(how) := "an identity provider" if not how.system

# An app that checks passwords against a directory may also store the passwords, and accept a stored password if the directory rejects the person.
findings contains {"path": array.concat(path, ["enforced"]), "message": message, "severity": _severity} if {
	_due
	some [path, how] in sign_ons.by_directory
	how.enforced == false
	message := sprintf("%s: people sign in with the password of %s, but the app also accepts passwords of its own", [input.metadata.name, _directory(how)])
}

findings contains {"path": array.concat(path, ["passwordReset"]), "message": message, "severity": _severity} if {
	_due
	some [path, how] in sign_ons.by_directory
	not how.enforced == false
	how.passwordReset == true
	message := sprintf("%s: people who sign in with the password of %s can also set one in the app", [input.metadata.name, _directory(how)])
}

findings contains {"path": array.concat(path, ["enforced"]), "message": message, "severity": "info"} if {
	_due
	some [path, how] in sign_ons.by_directory
	not _declares_enforcement(how)
	not how.passwordReset == true
	message := sprintf("%s: `enforced` does not declare whether the app accepts only the password of %s", [input.metadata.name, _directory(how)])
}

_directory(how) := how.system if how.system

_directory(how) := "a directory" if not how.system

# `enforced` is not declared.
findings contains {"path": array.concat(path, ["enforced"]), "message": message, "severity": "info"} if {
	_due
	some [path, how] in sign_ons.federated
	not _declares_enforcement(how)
	not how.passwordReset == true
	message := sprintf("%s: `enforced` does not declare whether single sign-on%s is the only way in", [input.metadata.name, sign_ons.by(how)])
}
