# METADATA
# title: Signed app that is gone
# description: The app was signed, or had to be, and its declaration is no longer in the catalogue. Accounts and credentials outlive a file, and
#   under another name nobody has reviewed the app.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Restore the declaration, set `spec.status` to `retired` and have that signed; then take it out. After a rename the old name needs that
#     too. A sign-off that was a mistake is withdrawn with `leaver signoff revoke FILE`.
#   controls:
#     nist-800-53: [AC-2f]
#     iso-27001: [A.5.36]
#     soc2: [CC8.1/Authorizes-Changes]
package policies.signoff["app-gone"]

import data.policies.lib.signoffs

findings contains {"path": ["metadata", "name"], "message": message} if {
	signoffs.gone
	some requirement in signoffs.requirements
	not _final(requirement)
	message := sprintf("%s: is no longer in the catalogue, and `%s` requires a final sign-off of it as retired", [
		input.metadata.name, requirement.name,
	])
}

# No requirement is for it, but somebody has looked at it: less is lost.
findings contains {"path": ["metadata", "name"], "message": message, "severity": "warning"} if {
	signoffs.gone
	count(signoffs.requirements) == 0
	not _retired
	files := {record.file | some record in signoffs.records; not record.withdrawn == true}
	count(files) > 0
	message := sprintf("%s: is no longer in the catalogue, and `%s` is about it", [input.metadata.name, min(files)])
}

_final(requirement) if {
	_retired
	signoffs.fulfilled(requirement)
}

_retired if {
	input.spec.status == "retired"
	signoffs.signed
}
