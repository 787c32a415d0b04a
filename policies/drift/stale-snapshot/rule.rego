# METADATA
# title: Snapshot that is too old, or from the future
# description: Rules compare declarations with what was observed. What changed since then is invisible, and a job that stopped looks like a
#   system in order. A snapshot from the future would not become too old for a long time.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: Snapshot
#   fix: Run `leaver observe` on a new export, and find out why the nightly job did not. Correct `takenOn` if it is after today.
#   controls:
#     nist-800-53: [CM-8a.3, CA-5]
#   params:
#     maxDays:
#       type: integer
#       default: 7
#       minimum: 0
#       unit: days
#       description: Age at which a snapshot says too little.
#       source: guess
package policies.drift["stale-snapshot"]

import data.policies.lib.dates
import data.policies.lib.durations

findings contains {"path": ["spec", "takenOn"], "message": message} if {
	days := dates.days_since(input.spec.takenOn)
	days > data.leaver.params["drift/stale-snapshot"].maxDays
	message := sprintf("%s: the snapshot is %s old", [input.spec.system, durations.days(days)])
}

findings contains {"path": ["spec", "takenOn"], "message": message} if {
	days := dates.days_since(input.spec.takenOn)
	days < 0
	message := sprintf("%s: the snapshot is from the future, %s from today", [input.spec.system, durations.days(0 - days)])
}
