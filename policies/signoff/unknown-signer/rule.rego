# METADATA
# title: Sign-off with an unknown key
# description: The signature is valid, but the key does not belong to the named reviewer, or that person is not an approver. Anyone can create a key
#   and write a name beside it.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Have the app signed by a person in `approvers.yaml` with a key in `allowed_signers` of the trust folder. Add a new reviewer first, in a
#     separate change.
#   controls:
#     nist-800-53: [AC-5]
#     iso-27001: [A.5.3]
package policies.signoff["unknown-signer"]

import data.policies.lib.signoffs

findings contains {"path": ["metadata", "name"], "message": message} if {
	count(signoffs.requirements) > 0
	some record in signoffs.failed("unknown-signer")
	message := sprintf("%s: `%s` names %s, but %s", [input.metadata.name, record.file, record.reviewer, _reason(record)])
}

_reason(record) := sprintf("the key belongs to %s", [record.signer]) if record.signer != record.reviewer

_reason(record) := "no line for sign-offs in `allowed_signers` has the key" if not record.signer

_reason(record) := "`approvers.yaml` does not list that person" if record.signer == record.reviewer
