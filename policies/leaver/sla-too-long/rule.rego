# METADATA
# title: Accounts stay open too long
# description: The time between the last day and the closed account is the time in which a leaver can still sign in. How long is
#   acceptable depends on how critical the app is.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Shorten `spec.lifecycle.deprovision.slaHours`, if need be with another mechanism, or waive the difference.
#   controls:
#     nist-800-53: [PS-4a, "AC-2(3)", AC-2h]
#     iso-27001: [A.6.5]
#     pci-dss: ["8.2.5"]
#   params:
#     maxHours:
#       type: object
#       default: {"1": 4, "2": 24, "3": 72, "4": 168}
#       description: Longest time from the end of a job to the closed account, in hours by tier
#       unit: hours
#       source: PCI DSS 8.2.5 (immediately) and FedRAMP Moderate AC-2(3) (24 hours); the steps by tier are a judgement
package policies.leaver["sla-too-long"]

import data.policies.lib.apps

_limit := data.leaver.params["leaver/sla-too-long"].maxHours[sprintf("%d", [apps.tier])]

findings contains {"path": ["spec", "lifecycle", "deprovision", "slaHours"], "message": message} if {
	apps.alive
	hours := input.spec.lifecycle.deprovision.slaHours
	hours > _limit
	message := sprintf("%s: deprovision within %v h, limit for tier %d is %v h", [input.metadata.name, hours, apps.tier, _limit])
}
