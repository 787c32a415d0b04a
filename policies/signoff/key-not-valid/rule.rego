# METADATA
# title: Sign-off with an invalid key
# description: The key or the person was not authorised on the day of the signature, or the key or the sign-off was revoked. Anyone who has
#   a lost or stolen key can sign with it.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Have the app signed again with a valid key.
#   controls:
#     nist-800-53: [CM-3b, CM-3f, CA-6]
#     iso-27001: [A.5.36, A.8.32]
#     soc2: [CC8.1/Authorizes-Changes]
package policies.signoff["key-not-valid"]

import data.policies.lib.signoffs

findings contains {"path": ["metadata", "name"], "message": message} if {
	count(signoffs.requirements) > 0
	some record in signoffs.failed("key-not-valid")
	message := sprintf("%s: the sign-off by %s does not count: %s", [input.metadata.name, signoffs.by(record), record.reason])
}
