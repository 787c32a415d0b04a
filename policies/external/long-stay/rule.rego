# METADATA
# title: Guests with an end date in the far future
# description: "An end date that lies years away is none: the project, the contract and the sponsor are gone long before it."
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Shorten `spec.external.maxDays` to the limit, so that somebody confirms each account that often.
#   controls:
#     nist-800-53: ["AC-2(3)(a)"]
#     pci-dss: ["8.2.7", "7.2.4"]
#   params:
#     maxDays:
#       type: integer
#       default: 365
#       description: Longest time before the end date of a person from outside must be renewed
#       unit: days
#       minimum: 1
#       source: "guess: once a year; PCI DSS 7.2.4 looks at all accounts every six months"
package policies.external["long-stay"]

import data.policies.lib.apps

_max := data.leaver.params["external/long-stay"].maxDays

findings contains {"path": ["spec", "external", "maxDays"], "message": message} if {
	apps.alive
	some days in [input.spec.external.maxDays]
	days > _max
	message := sprintf("%s: people from outside may stay %d days without renewal (limit %d days)", [input.metadata.name, days, _max])
}
