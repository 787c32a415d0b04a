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

_limits contains input.spec.provisioning.jit.expiresAfterDays

_limits contains input.spec.lifecycle.deprovision.afterInactiveDays

_max := data.leaver.params["jit/no-inactivity-limit"].maxDays

_unpushed if {
	apps.created_by_jit
	not input.spec.lifecycle.deprovision.via in apps.automatic
}

findings contains {"path": ["spec", "provisioning", "jit", "expiresAfterDays"], "message": message} if {
	_unpushed
	count(_limits) == 0
	message := sprintf("%s: nothing pushes deactivations, and accounts do not end when unused (limit is %d days)", [input.metadata.name, _max])
}

findings contains {"path": _path, "message": message} if {
	_unpushed
	count(_limits) > 0
	min(_limits) > _max
	message := sprintf("%s: unused accounts end only after %d days, limit is %d days", [input.metadata.name, min(_limits), _max])
}

default _path := ["spec", "lifecycle", "deprovision", "afterInactiveDays"]

_path := ["spec", "provisioning", "jit", "expiresAfterDays"] if input.spec.provisioning.jit.expiresAfterDays
