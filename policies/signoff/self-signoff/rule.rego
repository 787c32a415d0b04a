# METADATA
# title: Sign-off by the owner of the app
# description: A review is worth something because somebody else has looked. Here the reviewer, or a team of theirs, owns the app or a step
#   in the life of its accounts.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Have it signed by somebody outside the teams that act in the app.
#   controls:
#     nist-800-53: [AC-5]
#     iso-27001: [A.5.3]
package policies.signoff["self-signoff"]

import data.policies.lib.signoffs

findings contains {"path": path, "message": message} if {
	# Unlike elsewhere the requirements are not asked for first: the interpreter of the engine would then find nothing.
	some record in signoffs.failed("self-signoff")
	path := min(signoffs.owned(record.reviewer))
	message := sprintf("%s: %s has signed, and is or belongs to the owner in %s", [
		input.metadata.name, record.reviewer, concat(".", [sprintf("%v", [step]) | some step in path]),
	])
}
