# METADATA
# title: Sign-off without a valid signature
# description: A sign-off without a valid signature is not evidence of a decision, because anyone can write or change the file.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Sign the manifest with the command that `leaver signoff sign` prints. If a file was changed after signing, restore the signed
#     version.
#   controls:
#     nist-800-53: [CM-3b, CM-3f, CA-6]
#     iso-27001: [A.5.36, A.8.32]
#     soc2: [CC8.1/Authorizes-Changes]
package policies.signoff["bad-signature"]

import data.policies.lib.signoffs

# The rule reports an invalid signature even if others have signed.
findings contains {"path": ["metadata", "name"], "message": message} if {
	count(signoffs.requirements) > 0
	some record in signoffs.records
	record.signature == "bad"
	message := sprintf("%s: the signature of `%s` is invalid: %s", [input.metadata.name, record.file, record.reason])
}

findings contains {"path": ["metadata", "name"], "message": message} if {
	count(signoffs.requirements) > 0
	some record in signoffs.failed("bad-signature")
	record.signature != "bad"
	message := sprintf("%s: `%s` is not signed", [input.metadata.name, record.file])
}
