# METADATA
# title: Expired waiver
# description: The waiver has expired, so its findings are reported again, although the file still looks like an accepted exception.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: Waiver
#   fix: Fix the finding and delete the waiver. If the exception is still needed, have it approved again with a new `from` and `expires`.
#   controls:
#     nist-800-53: [CA-5]
#     iso-27001: [A.5.36, A.8.32]
#     pci-dss: [Appendix-B]
package policies.waiver.expired

import data.policies.lib.counted
import data.policies.lib.dates

findings contains {"path": ["spec", "expires"], "message": message} if {
	input.spec.expires < data.leaver.today
	ago := counted.days(dates.days_since(input.spec.expires))
	message := sprintf("%s: the waiver expired on %s, %s ago", [input.metadata.name, input.spec.expires, ago])
}
