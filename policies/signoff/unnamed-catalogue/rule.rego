# METADATA
# title: Sign-off valid in any catalogue
# description: leaver.yaml does not name its catalogue, so sign-offs do not name it either. If another repository has the same reviewers and an
#   identical app, its sign-offs are valid here.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `signoff.catalogue` of leaver.yaml, for example to `git.example.com/governance/apps`, and have the apps signed again.
#   controls:
#     iso-27001: [A.5.36]
package policies.signoff["unnamed-catalogue"]

import data.policies.lib.signoffs

findings contains {"path": ["metadata", "name"], "message": message} if {
	not data.leaver.signoffs.catalogue
	files := {record.file | some seat in signoffs.required_roles; some record in seat.records}
	count(files) > 0
	message := sprintf("%s: `%s` names no catalogue, so it is valid in any", [input.metadata.name, min(files)])
}
