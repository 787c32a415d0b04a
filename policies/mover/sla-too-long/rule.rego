# METADATA
# title: Access of movers changes too late
# description: After a transfer, a person has the access of both jobs until the old access is withdrawn. The longer the withdrawal takes, the more
#   people have rights that they no longer need.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Shorten `slaHours` of `spec.lifecycle.update` and `spec.lifecycle.entitle`; change the mechanism if necessary.
#   controls:
#     nist-800-53: [PS-5b, PS-5d, AC-2h.3, AC-2l]
#     iso-27001: [A.5.18, A.6.5]
#     soc2: [CC6.3]
#   params:
#     maxHours:
#       type: object
#       default: {}
#       description: Longest time from a transfer to changed access, in hours by tier. Other tiers have no limit
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
	message := sprintf("%s: `%s` takes %v h after a transfer (limit for tier %d: %v h)", [
		input.metadata.name, stage, hours, apps.tier, limit,
	])
}
