# METADATA
# title: Team of one person
# description: A team of one has no deputy. When that person leaves, everything the team owns is without an owner.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: Team
#   fix: "Add a second person to the team, or transfer what it owns to a larger team and set `status: dissolved` and `successor`."
#   controls:
#     nist-800-53: [AC-2b]
#   params:
#     minMembers:
#       type: integer
#       default: 2
#       description: Minimum number of people in a team
#       unit: count
#       source: a judgement
package policies.owner["team-of-one"]

import data.policies.lib.members

_min := data.leaver.params["owner/team-of-one"].minMembers

findings contains {"path": ["spec", "members"], "message": message} if {
	not input.spec.status == "dissolved"
	count(input.spec.members) < _min
	not _of_teams
	message := sprintf("%s: the team has %d of at least %d members", [input.metadata.name, count(input.spec.members), _min])
}

# For a team of teams, the rule checks each inner team separately.
_of_teams if members.holds_other_teams(input.metadata.name)
