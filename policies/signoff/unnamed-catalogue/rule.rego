# METADATA
# title: Sign-off that counts in any catalogue
# description: leaver.yaml does not name its catalogue, so sign-offs do not either. With the same reviewers, a sign-off of an app of the same name
#   and content in another repository counts here.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Name the catalogue in `signoff.catalogue` of leaver.yaml, such as `git.example.com/governance/apps`, and have the apps signed again.
#   controls:
#     iso-27001: [A.5.36]
package policies.signoff["unnamed-catalogue"]

import data.policies.lib.signoffs

findings contains {"path": ["metadata", "name"], "message": message} if {
	not data.leaver.signoffs.catalogue
	files := {record.file | some seat in signoffs.seats; some record in seat.records}
	count(files) > 0
	message := sprintf("%s: `%s` names no catalogue, and counts in any", [input.metadata.name, min(files)])
}
