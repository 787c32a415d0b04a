# METADATA
# title: Undeclared provisioning credential
# description: The credential of a push can change every account of the tenant. If the credential is not declared, it has no owner, end or rotation,
#   and deprovisioning stops on the day it expires.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: List the credential in `spec.nonHuman` with its owner and end date, and name it in `credential` of the mechanism.
#   controls:
#     nist-800-53: [IA-5, IA-4]
#     cis-v8: ["5.5"]
#     owasp-nhi: [NHI1]
package policies.scim["undeclared-credential"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

_declared contains item.name if some item in input.spec.nonHuman

_revoked contains [item.name, at, item.revokedOn] if {
	some at, item in input.spec.nonHuman
	item.revokedOn <= data.leaver.today
}

# [mechanism, credential] in use.
_used contains [via, credential] if {
	some via in mechanisms.used
	some credential in [input.spec.provisioning[via].credential]
}

_names_credential if input.spec.provisioning.scim.credential != ""

# `scim/weak-auth` reports a service without authentication.
_needs_no_credential if input.spec.provisioning.scim.auth == "none"

findings contains {"path": ["spec", "provisioning", "scim", "credential"], "message": message} if {
	apps.alive
	"scim" in mechanisms.used
	input.spec.provisioning.scim
	not _names_credential
	not _needs_no_credential
	message := sprintf("%s: the `scim` block has no `credential`, so its token has no owner", [input.metadata.name])
}

findings contains {"path": ["spec", "provisioning", via, "credential"], "message": message} if {
	apps.alive
	some [via, credential] in _used
	count({credential} - _declared) == 1
	message := sprintf("%s: `%s` uses the credential `%s`, which is not in `spec.nonHuman`", [input.metadata.name, via, credential])
}

findings contains {"path": ["spec", "provisioning", via, "credential"], "message": message, "related": related} if {
	apps.alive
	some [via, credential] in _used
	some [name, at, day] in _revoked
	name == credential
	message := sprintf("%s: `%s` uses the credential `%s`, which was revoked on %s", [input.metadata.name, via, credential, day])
	related := [{
		"kind": "App", "name": input.metadata.name, "path": ["spec", "nonHuman", at, "revokedOn"], "message": "revoked",
	}]
}
