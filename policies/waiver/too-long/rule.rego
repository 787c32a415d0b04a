# METADATA
# title: Waiver that lasts too long
# description: A long exception becomes permanent, because people forget its reason. A short exception must be reviewed before it is renewed.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: Waiver
#   fix: Set `expires` to a day within the limit, and renew the waiver then if it is still needed.
#   controls:
#     nist-800-53: [CA-5]
#     iso-27001: [A.5.36, A.8.32]
#     pci-dss: [Appendix-B]
#   params:
#     maxDays:
#       type: integer
#       default: 180
#       description: Maximum time from the first day to the last
#       unit: days
#       source: a judgement
package policies.waiver["too-long"]

import data.policies.lib.counted
import data.policies.lib.dates

_max := data.leaver.params["waiver/too-long"].maxDays

# Without `from`, the remaining time counts.
_first_day := input.spec.from if input.spec.from

_first_day := data.leaver.today if not input.spec.from

findings contains {"path": ["spec", "expires"], "message": message} if {
	days := dates.days_between(_first_day, input.spec.expires)
	days > _max
	message := sprintf("%s: the waiver lasts for %s (limit %s)", [input.metadata.name, counted.days(days), counted.days(_max)])
}
