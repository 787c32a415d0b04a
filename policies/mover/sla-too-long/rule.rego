# METADATA
# title: Access follows a change of job too late
# description: After a transfer a person has the access of both jobs until somebody takes the old one away. The longer that takes, the
#   more people work with rights that they no longer need.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Shorten `slaHours` of `spec.lifecycle.update` and `spec.lifecycle.entitle`, with another mechanism if need be.
#   controls:
#     nist-800-53: [PS-5b, PS-5d, AC-2h.3, AC-2l]
#     iso-27001: [A.5.18, A.6.5]
#     soc2: [CC6.3]
#   params:
#     maxHours:
#       type: object
#       default: {}
#       description: Longest time from a transfer to changed access, in hours by tier. A tier that is not named has no limit
#       unit: hours
#       source: none by default; FedRAMP revision 5, PS-5b and PS-5d, 24 hours
package policies.mover["sla-too-long"]

import data.policies.lib.apps

_limit := data.leaver.params["mover/sla-too-long"].maxHours[sprintf("%d", [apps.tier])]

findings contains {"path": ["spec", "lifecycle", stage, "slaHours"], "message": message} if {
	apps.alive
	some stage in ["update", "entitle"]
	some hours in [input.spec.lifecycle[stage].slaHours]
	some limit in [_limit]
	hours > limit
	message := sprintf("%s: `%s` within %v h of a transfer, limit for tier %d is %v h", [
		input.metadata.name, stage, hours, apps.tier, limit,
	])
}
