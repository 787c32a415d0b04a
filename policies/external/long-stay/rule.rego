# METADATA
# title: End date of guests is too far ahead
# description: An end date that is years ahead has no effect. The project and the contract end earlier, and the sponsor may have left by then.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Lower `spec.external.maxDays` to the limit, so that the sponsor confirms each account that often.
#   controls:
#     nist-800-53: ["AC-2(3)(a)"]
#     pci-dss: ["8.2.7", "7.2.4"]
#   params:
#     maxDays:
#       type: integer
#       default: 365
#       description: Maximum time before the end date of an external person must be renewed
#       unit: days
#       minimum: 1
#       source: "a judgement: once a year; PCI DSS 7.2.4 requires a review of all accounts every six months"
package policies.external["long-stay"]

import data.policies.lib.apps

_max := data.leaver.params["external/long-stay"].maxDays

findings contains {"path": ["spec", "external", "maxDays"], "message": message} if {
	apps.alive
	some days in [input.spec.external.maxDays]
	days > _max
	message := sprintf("%s: external people may stay %d days without renewal (limit %d days)", [input.metadata.name, days, _max])
}
