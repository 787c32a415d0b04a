# METADATA
# title: Pattern without an owner
# description: An edit of a pattern changes every app that uses it. Without an owner, nobody reviews such edits or keeps the pattern up to date with
#   the identity provider.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: Pattern
#   fix: Set `metadata.owner` of the Pattern to a declared Team. It is not inherited, so each app keeps its own owner.
#   controls:
#     nist-800-53: [AC-2b, CM-3]
#     iso-27001: [A.5.2]
package policies.pattern["no-owner"]

findings contains {"path": ["metadata", "owner"], "message": message} if {
	not input.metadata.owner
	message := sprintf("%s: the pattern has no owner", [input.metadata.name])
}

findings contains {"path": ["metadata", "owner"], "message": message} if {
	owner := input.metadata.owner
	not data.leaver.catalogue.Team[owner]
	message := sprintf("%s: the owner `%s` is not a declared Team", [input.metadata.name, owner])
}

findings contains {"path": ["metadata", "owner"], "message": message, "related": related} if {
	owner := input.metadata.owner
	data.leaver.catalogue.Team[owner].spec.status == "dissolved"
	related := [{"kind": "Team", "name": owner, "path": ["spec", "status"], "message": "the team is dissolved"}]
	message := sprintf("%s: the team `%s` is dissolved", [input.metadata.name, owner])
}
