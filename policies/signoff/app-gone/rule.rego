# METADATA
# title: Signed app that is gone
# description: The app was signed or required a sign-off, but its declaration is no longer in the catalogue. The accounts and credentials of the app
#   may still exist. If the app was renamed, nobody has reviewed it under its new name.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Restore the declaration, set `spec.status` to `retired` and have that signed; then remove the declaration. After a rename, do the same for
#     the old name. Revoke a mistaken sign-off with `leaver signoff revoke FILE`.
#   controls:
#     nist-800-53: [AC-2f]
#     iso-27001: [A.5.36]
#     soc2: [CC8.1/Authorizes-Changes]
package policies.signoff["app-gone"]

import data.policies.lib.signoffs

findings contains {"path": ["metadata", "name"], "message": message} if {
	signoffs.gone
	some requirement in signoffs.requirements
	not _retirement_is_signed(requirement)
	message := sprintf("%s: the app is no longer in the catalogue, and `%s` requires a final sign-off of the retired app", [
		input.metadata.name, requirement.name,
	])
}

# No requirement applies, but the app was reviewed, so the finding is a warning.
findings contains {"path": ["metadata", "name"], "message": message, "severity": "warning"} if {
	signoffs.gone
	count(signoffs.requirements) == 0
	not _retired
	files := {record.file | some record in signoffs.records; not record.withdrawn == true}
	count(files) > 0
	message := sprintf("%s: the app is no longer in the catalogue, but `%s` is a sign-off of it", [input.metadata.name, min(files)])
}

_retirement_is_signed(requirement) if {
	_retired
	signoffs.fulfilled(requirement)
}

_retired if {
	input.spec.status == "retired"
	signoffs.signed
}
