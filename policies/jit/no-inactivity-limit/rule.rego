# METADATA
# title: JIT accounts that never expire
# description: If deactivations are not pushed to the app, an inactivity limit is the last control that closes a forgotten account. This app
#   has no limit, or the limit is too long.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set the inactivity limit of the app and declare it in `spec.provisioning.jit.expiresAfterDays`, or in
#     `spec.lifecycle.deprovision.afterInactiveDays` if a job closes unused accounts.
#   controls:
#     nist-800-53: ["AC-2(3)"]
#     pci-dss: ["8.2.6"]
#     cis-v8: ["5.3"]
#   params:
#     maxDays:
#       type: integer
#       default: 90
#       description: Maximum time without a sign-in before an account must be closed
#       unit: days
#       source: PCI DSS 8.2.6; CIS 5.3 requires 45 days
package policies.jit["no-inactivity-limit"]

import data.policies.lib.apps

# The days and the path of each limit. The smallest limit applies.
_limits contains [days, ["spec", "provisioning", "jit", "expiresAfterDays"]] if {
	days := input.spec.provisioning.jit.expiresAfterDays
}

_limits contains [days, ["spec", "lifecycle", "deprovision", "afterInactiveDays"]] if {
	days := input.spec.lifecycle.deprovision.afterInactiveDays
}

_max := data.leaver.params["jit/no-inactivity-limit"].maxDays

_pushed if input.spec.lifecycle.deprovision.via in apps.automatic

# The app can only delete accounts.
_pushed if {
	not _deprovisions
	input.spec.lifecycle.remove.via in apps.automatic
}

_deprovisions if input.spec.lifecycle.deprovision.via != "none"

findings contains {"path": ["spec", "provisioning", "jit", "expiresAfterDays"], "message": message} if {
	apps.created_by_jit
	not _pushed
	count(_limits) == 0
	message := sprintf("%s: deactivations are not pushed, and unused accounts never expire (limit %d days)", [input.metadata.name, _max])
}

findings contains {"path": path, "message": message} if {
	apps.created_by_jit
	not _pushed
	[days, path] := min(_limits)
	days > _max
	message := sprintf("%s: unused accounts expire only after %d days (limit %d days)", [input.metadata.name, days, _max])
}
