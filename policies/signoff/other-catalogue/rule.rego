# METADATA
# title: Sign-off for another catalogue
# description: The sign-off names another catalogue or no catalogue. It may be for an app with the same name elsewhere, so it does not count here.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Have the app signed again. A sign-off is for the catalogue in `signoff.catalogue` of leaver.yaml.
#   controls:
#     iso-27001: [A.5.36]
#     soc2: [CC8.1/Authorizes-Changes]
package policies.signoff["other-catalogue"]

import data.policies.lib.signoffs

findings contains {"path": ["metadata", "name"], "message": message} if {
	count(signoffs.requirements) > 0
	some record in signoffs.failed("other-catalogue")
	message := sprintf("%s: the sign-off by %s is for %s", [input.metadata.name, signoffs.by(record), _catalogue_text(record)])
}

_catalogue_text(record) := sprintf("the catalogue `%s`", [record.catalogue]) if record.catalogue

_catalogue_text(record) := "no catalogue" if not record.catalogue
