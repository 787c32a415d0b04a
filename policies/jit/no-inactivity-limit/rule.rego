# METADATA
# title: JIT accounts that never lapse
# description: Where nothing pushes a deactivation into the app, the last defence against a forgotten account is that it ends when nobody has
#   used it for a while. Here it does not, or only after too long.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set the inactivity limit of the app and declare it in `spec.provisioning.jit.expiresAfterDays`, or in `spec.lifecycle.deprovision.afterInactiveDays` if a job does it.
#   controls:
#     nist-800-53: ["AC-2(3)"]
#     pci-dss: ["8.2.6"]
#     cis-v8: ["5.3"]
#   params:
#     maxDays:
#       type: integer
#       default: 90
#       description: Longest time without a sign-in after which an account must end
#       unit: days
#       source: PCI DSS 8.2.6; CIS 5.3 asks for 45
package policies.jit["no-inactivity-limit"]

import data.policies.lib.apps

# [days, path], so that the smallest is the limit that counts.
_limits contains [days, ["spec", "provisioning", "jit", "expiresAfterDays"]] if {
	days := input.spec.provisioning.jit.expiresAfterDays
}

_limits contains [days, ["spec", "lifecycle", "deprovision", "afterInactiveDays"]] if {
	days := input.spec.lifecycle.deprovision.afterInactiveDays
}

_max := data.leaver.params["jit/no-inactivity-limit"].maxDays

_pushed if input.spec.lifecycle.deprovision.via in apps.automatic

# An app that can only delete.
_pushed if {
	not _deprovisions
	input.spec.lifecycle.remove.via in apps.automatic
}

_deprovisions if input.spec.lifecycle.deprovision.via != "none"

findings contains {"path": ["spec", "provisioning", "jit", "expiresAfterDays"], "message": message} if {
	apps.created_by_jit
	not _pushed
	count(_limits) == 0
	message := sprintf("%s: nothing pushes deactivations, and accounts do not end when unused (limit is %d days)", [input.metadata.name, _max])
}

findings contains {"path": path, "message": message} if {
	apps.created_by_jit
	not _pushed
	[days, path] := min(_limits)
	days > _max
	message := sprintf("%s: unused accounts end only after %d days, limit is %d days", [input.metadata.name, days, _max])
}
