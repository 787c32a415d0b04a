# METADATA
# title: Sign-off by an unknown key
# description: The signature holds, but the key is not that of the reviewer who is named, or that person is no approver. Anyone can make a
#   key and write a name beside it.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Have it signed by somebody in `approvers.yaml`, with the key in `allowed_signers` of the trust folder. A new reviewer is entered
#     there first, in a change of its own.
#   controls:
#     nist-800-53: [AC-5]
#     iso-27001: [A.5.3]
package policies.signoff["unknown-signer"]

import data.policies.lib.signoffs

findings contains {"path": ["metadata", "name"], "message": message} if {
	count(signoffs.requirements) > 0
	some record in signoffs.failed("unknown-signer")
	message := sprintf("%s: `%s` names %s, and %s", [input.metadata.name, record.file, record.reviewer, _reason(record)])
}

_reason(record) := sprintf("the key is that of %s", [record.signer]) if record.signer != record.reviewer

_reason(record) := "no line of `allowed_signers` has the key for sign-offs" if not record.signer

_reason(record) := "`approvers.yaml` does not know that person" if record.signer == record.reviewer
