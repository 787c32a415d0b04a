# METADATA
# title: Directory read without encryption
# description: Without TLS, the password of the sync account and the data of all people in the directory can be read on the network, and
#   answers can be forged.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Use `ldaps` or `ldap-starttls`, and refuse plain LDAP at the directory.
#   controls:
#     nist-800-53: ["IA-5", "SC-8"]
package policies.directory["plain-ldap"]

import data.policies.lib.apps

_related := [{"kind": "System", "name": system, "path": ["spec", "kind"], "message": "the directory"} |
	some system in [input.spec.provisioning.directory.system]
	data.leaver.catalogue.System[system]
]

findings contains {"path": ["spec", "provisioning", "directory", "protocol"], "message": message, "related": _related} if {
	apps.alive
	input.spec.provisioning.directory.protocol == "ldap"
	message := sprintf("%s: the directory is read over LDAP without encryption", [input.metadata.name])
}
