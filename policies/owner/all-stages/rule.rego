# METADATA
# title: One team for all stages of a critical app
# description: In a tier 1 app, one team creates, changes, closes and reviews all accounts, and no other team approves anything. Nobody else notices
#   mistakes or abuse by this team.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Give the review, the reconciliation or the approval of rights to another team.
#   controls:
#     nist-800-53: [AC-5]
#     iso-27001: [A.5.3]
#   params:
#     maxTier:
#       type: integer
#       default: 1
#       description: Highest tier number for which a second team is required
#       source: a judgement
#     minStages:
#       type: integer
#       default: 3
#       description: Minimum number of owned stages for the check to apply
#       unit: count
#       source: a judgement
package policies.owner["all-stages"]

import data.policies.lib.apps

_params := data.leaver.params["owner/all-stages"]

_teams := {team |
	some how in input.spec.lifecycle
	some team in object.filter(how, ["owner", "approver"])
}

_owned := {stage |
	some stage, how in input.spec.lifecycle
	how.owner
}

findings contains {"path": ["spec", "lifecycle"], "message": message} if {
	apps.alive
	apps.tier <= _params.maxTier
	count(_owned) >= _params.minStages
	count(_teams) == 1
	message := sprintf("%s: the team `%s` owns all %d stages of an app of tier %d", [
		input.metadata.name, min(_teams), count(_owned), apps.tier,
	])
}
