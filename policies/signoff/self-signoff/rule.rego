# METADATA
# title: Sign-off by the owner of the app
# description: A review needs an independent reviewer. The person who signed, or a team of this person, owns the app or a stage of its
#   lifecycle.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Have the app signed by a reviewer outside the teams that own it or its stages.
#   controls:
#     nist-800-53: [AC-5]
#     iso-27001: [A.5.3]
package policies.signoff["self-signoff"]

import data.policies.lib.signoffs

findings contains {"path": path, "message": message} if {
	# Unlike other rules, this one does not test the requirements first, because the interpreter of the engine would then find nothing.
	some record in signoffs.failed("self-signoff")
	path := min(signoffs.owned(record.reviewer))
	message := sprintf("%s: %s has signed, but %s names this person or a team of this person", [
		input.metadata.name, record.reviewer, concat(".", [sprintf("%v", [step]) | some step in path]),
	])
}
