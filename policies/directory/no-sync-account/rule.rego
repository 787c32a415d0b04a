# METADATA
# title: Undeclared directory account
# description: An app reads a directory over LDAP with its own account. If this account is not declared, nobody owns it, rotates its password, or
#   disables it when the app is retired.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Declare the account under `spec.nonHuman` as a `sync-account`, and set `spec.provisioning.directory.credential` to it.
#   controls:
#     nist-800-53: [IA-4, AC-2b]
package policies.directory["no-sync-account"]

import data.policies.lib.apps

_signs_in := {"ldaps", "ldap-starttls", "ldap"}

# The account is declared, even if `credential` does not name it.
_declared if {
	some item in input.spec.nonHuman
	item.kind == "sync-account"
}

findings contains {"path": ["spec", "provisioning", "directory", "credential"], "message": message} if {
	apps.alive
	some protocol in [input.spec.provisioning.directory.protocol]
	protocol in _signs_in
	not input.spec.provisioning.directory.credential
	not _declared
	message := sprintf("%s: the directory is read over `%s`, but the account that reads it is not declared", [input.metadata.name, protocol])
}
