# METADATA
# title: Waiver that expires soon
# description: When the waiver expires, its findings are reported again and block the next merge.
# custom:
#   severity: info
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: Waiver
#   fix: Fix the finding, or have the waiver approved again before it expires.
#   controls:
#     nist-800-53: [CA-5]
#     iso-27001: [A.5.36, A.8.32]
#     pci-dss: [Appendix-B]
#   params:
#     minDays:
#       type: integer
#       default: 30
#       description: Minimum number of days left
#       unit: days
#       source: a judgement
package policies.waiver["expires-soon"]

import data.policies.lib.counted
import data.policies.lib.dates

_min := data.leaver.params["waiver/expires-soon"].minDays

findings contains {"path": ["spec", "expires"], "message": message} if {
	left := dates.days_left(input.spec.expires)
	left >= 0
	left < _min
	message := sprintf("%s: the waiver expires on %s, %s from now (limit %s)", [
		input.metadata.name, input.spec.expires, counted.days(left), counted.days(_min),
	])
}
