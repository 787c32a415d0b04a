# METADATA
# title: No urgent path to end access
# description: "When a person is dismissed at once or an account is compromised, access must end immediately. The feed of leavers runs at
#   night and tickets take a day, so without an urgent path, access ends only at the usual deadline. At tier 1, the finding is an error."
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Declare in `spec.lifecycle.deprovision.urgent` who ends access at once (`owner`), how (`via`), and within how many hours
#     (`slaHours`). Unless the clock is `lastDay`, a shorter `slaHours` of `deprovision` or `revokeSessions` is enough.
#   controls:
#     nist-800-53: ["AC-2(13)", "PS-4a"]
#     iso-27001: ["A.6.5"]
#   params:
#     maxHours:
#       type: object
#       default: {"1": 4, "2": 24, "3": 72, "4": 168}
#       description: Maximum time of the fastest way to end access, in hours by tier. Other tiers have no limit
#       unit: hours
#       source: FedRAMP Moderate PS-4a (4 hours) for tier 1; the other tiers are a judgement
package policies.leaver["no-urgent-path"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

_limit := data.leaver.params["leaver/no-urgent-path"].maxHours[sprintf("%d", [apps.tier])]

_urgent := input.spec.lifecycle.deprovision.urgent

# With `clock: lastDay`, a dismissed person keeps access until the end of the last day, and can sign in again if the sessions end earlier.
_from_last_day if input.spec.lifecycle.deprovision.clock == "lastDay"

# A stage that is not done ends no access, even with `slaHours`.
_promised contains hours if {
	not _from_last_day
	some stage in ["deprovision", "revokeSessions"]
	not input.spec.lifecycle[stage].via == "none"
	some hours in [input.spec.lifecycle[stage].slaHours]
}

_missing contains "via" if not _urgent.via

_missing contains "owner" if not _urgent.owner

_missing contains "slaHours" if not _urgent_has_sla

_urgent_has_sla if _urgent.slaHours >= 0

default _severity := "warning"

_severity := "error" if apps.tier == 1

findings contains {"path": ["spec", "lifecycle", "deprovision", "urgent"], "message": message, "severity": _severity} if {
	apps.alive
	not _urgent
	mechanisms.done("deprovision")
	count(_promised) > 0
	fastest := min(_promised)
	some limit in [_limit]
	fastest > limit
	message := sprintf("%s: the fastest way to end access takes %v h, and no urgent path is declared (limit for tier %d: %v h)", [
		input.metadata.name, fastest, apps.tier, limit,
	])
}

findings contains {"path": ["spec", "lifecycle", "deprovision", "urgent"], "message": message, "severity": _severity} if {
	apps.alive
	_from_last_day
	not _urgent
	mechanisms.done("deprovision")
	some limit in [_limit]
	message := sprintf("%s: access ends only after the last day (`clock: lastDay`), and no urgent path ends it earlier (limit for tier %d: %v h)", [
		input.metadata.name, apps.tier, limit,
	])
}

findings contains {"path": ["spec", "lifecycle", "deprovision", "urgent", min(_missing)], "message": message, "severity": _severity} if {
	apps.alive
	_urgent
	not _urgent.via == "none"
	count(_missing) > 0
	message := sprintf("%s: the urgent path has no `%s`", [input.metadata.name, concat("`, no `", sort(_missing))])
}

findings contains {"path": ["spec", "lifecycle", "deprovision", "urgent", "via"], "message": message, "severity": _severity} if {
	apps.alive
	_urgent.via == "none"
	message := sprintf("%s: the urgent path has `via: none`, so it does not end access", [input.metadata.name])
}

findings contains {"path": ["spec", "lifecycle", "deprovision", "urgent", "slaHours"], "message": message, "severity": _severity} if {
	apps.alive
	some limit in [_limit]
	not _urgent.via == "none"
	some hours in [_urgent.slaHours]
	hours > limit
	message := sprintf("%s: the urgent path takes %v h (limit for tier %d: %v h)", [input.metadata.name, hours, apps.tier, limit])
}
