# METADATA
# title: Sign-off without a valid signature
# description: Somebody wrote that a reviewer has decided, and no signature says so; or the file or its signature was changed after signing.
#   Anybody can write that.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Sign the manifest with the command that `leaver signoff sign` prints. If one of the files was changed, restore both as they were
#     signed.
#   controls:
#     nist-800-53: [CM-3b, CM-3f, CA-6]
#     iso-27001: [A.5.36, A.8.32]
#     soc2: [CC8.1/Authorizes-Changes]
package policies.signoff["bad-signature"]

import data.policies.lib.signoffs

# Broken is never in order, even where others have signed.
findings contains {"path": ["metadata", "name"], "message": message} if {
	count(signoffs.requirements) > 0
	some record in signoffs.records
	record.signature == "bad"
	message := sprintf("%s: the signature of `%s` does not hold: %s", [input.metadata.name, record.file, record.reason])
}

findings contains {"path": ["metadata", "name"], "message": message} if {
	count(signoffs.requirements) > 0
	some record in signoffs.failed("bad-signature")
	record.signature != "bad"
	message := sprintf("%s: `%s` is not signed", [input.metadata.name, record.file])
}
