# METADATA
# title: Sign-in and push match by different keys
# description: If the sign-in matches by one attribute and the push by another, a person gets a second account, or the push does not find the first
#   account. The deactivation of a leaver then hits the wrong account or none.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Match by the same stable attribute in both, such as an employee number or the object id, and set both `matchKey` settings to it.
#   controls:
#     nist-800-53: [IA-4c, IA-4d]
#     pci-dss: ["8.2.1"]
package policies.hybrid["match-key-differs"]

import data.policies.lib.apps
import data.policies.lib.keys
import data.policies.lib.mechanisms

_signs_in if apps.created_by_jit

_signs_in if {
	apps.alive
	input.spec.provisioning.jit.updatesAtSignIn == true
}

findings contains {"path": jit.path, "message": message, "related": related} if {
	_signs_in
	some via in mechanisms.matching
	some jit in [keys.declared.jit]
	some push in [keys.declared[via]]
	lower(jit.attribute) != lower(push.attribute)
	message := sprintf("%s: the sign-in matches accounts by `%s`, but `%s` matches them by `%s`", [
		input.metadata.name, jit.attribute, via, push.attribute,
	])
	related := [{"kind": "App", "name": input.metadata.name, "path": push.path, "message": "the other key"}]
}
