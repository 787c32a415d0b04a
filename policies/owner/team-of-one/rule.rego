# METADATA
# title: Team of one person
# description: A team of one is a person with another name. When that person leaves, everything that the team owns is owned by nobody.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: Team
#   fix: Put a second person into the team, or give what it owns to a larger one and mark the team as `dissolved` with a `successor`.
#   controls:
#     nist-800-53: [AC-2b]
#   params:
#     minMembers:
#       type: integer
#       default: 2
#       description: Least number of people in a team
#       unit: count
#       source: leaver
package policies.owner["team-of-one"]

import data.policies.lib.members

_min := data.leaver.params["owner/team-of-one"].minMembers

findings contains {"path": ["spec", "members"], "message": message} if {
	not input.spec.status == "dissolved"
	count(input.spec.members) < _min
	not _of_teams
	message := sprintf("%s: the team has %d of at least %d members", [input.metadata.name, count(input.spec.members), _min])
}

# The people of a team of teams are in those, each of which is looked at by itself.
_of_teams if members.holds_other_teams(input.metadata.name)
