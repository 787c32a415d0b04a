# METADATA
# title: Access ends too slowly in an emergency
# description: When a person becomes a security risk, access must end at once, not at the ordinary deadline. The account must be closed, or its
#   sessions must end, within the limit.
# custom:
#   severity: warning
#   precision: medium
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Declare an urgent path in `spec.lifecycle.deprovision.urgent`, or make `revokeSessions` or `deprovision` faster and set its
#     `slaHours`.
#   controls:
#     nist-800-53: ["AC-2(13)", PS-4a, AC-2l]
#     iso-27001: [A.6.5]
#   params:
#     maxHours:
#       type: number
#       default: 0
#       description: Maximum time of the fastest way to end access; 0 means no limit
#       unit: hours
#       source: none by default; FedRAMP revision 5, AC-2(13), 1 hour
package policies.leaver["urgent-too-slow"]

import data.policies.lib.apps

_limit := data.leaver.params["leaver/urgent-too-slow"].maxHours

# A stage that is not done ends no access, even with `slaHours`.
_promised contains hours if {
	some stage in ["deprovision", "revokeSessions"]
	not input.spec.lifecycle[stage].via == "none"
	some hours in [input.spec.lifecycle[stage].slaHours]
}

_promised contains hours if {
	not input.spec.lifecycle.deprovision.urgent.via == "none"
	some hours in [input.spec.lifecycle.deprovision.urgent.slaHours]
}

findings contains {"path": ["spec", "lifecycle", "deprovision", "slaHours"], "message": message} if {
	apps.alive
	_limit > 0
	input.spec.lifecycle.deprovision.slaHours > _limit
	fastest := min(_promised)
	fastest > _limit
	message := sprintf("%s: the fastest way to end access takes %v h (limit in an emergency: %v h)", [
		input.metadata.name, fastest, _limit,
	])
}
