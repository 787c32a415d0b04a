# METADATA
# title: Snapshot that is too old or in the future
# description: Rules compare declarations with the snapshot. They do not see later changes, and a job that has stopped since then looks
#   healthy. A snapshot from the future would stay valid too long.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: Snapshot
#   fix: Run `leaver observe` on a new export, and find out why the nightly job did not run. Correct `takenOn` if it is in the future.
#   controls:
#     nist-800-53: [CM-8a.3, CA-5]
#   params:
#     maxDays:
#       type: integer
#       default: 7
#       minimum: 0
#       unit: days
#       description: Maximum age of a snapshot
#       source: a judgement
package policies.drift["stale-snapshot"]

import data.policies.lib.counted
import data.policies.lib.dates

findings contains {"path": ["spec", "takenOn"], "message": message} if {
	days := dates.days_since(input.spec.takenOn)
	days > data.leaver.params["drift/stale-snapshot"].maxDays
	message := sprintf("%s: the snapshot is %s old", [input.spec.system, counted.days(days)])
}

findings contains {"path": ["spec", "takenOn"], "message": message} if {
	days := dates.days_since(input.spec.takenOn)
	days < 0
	message := sprintf("%s: the snapshot is dated %s in the future", [input.spec.system, counted.days(0 - days)])
}
