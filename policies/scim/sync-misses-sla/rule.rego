# METADATA
# title: The sync is slower than the promise
# description: A mechanism that runs every few hours, or waits some days before it acts, cannot keep a promise of one hour. The
#   number in the declaration is then a wish.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Shorten the interval or the delay, or raise `spec.lifecycle.deprovision.slaHours` knowingly.
#   controls:
#     nist-800-53: ["AC-2(3)", PS-4a]
#     pci-dss: ["8.2.5"]
package policies.scim["sync-misses-sla"]

import data.policies.lib.apps

_automatic := {"scim", "connector", "directory", "hr"}

# The block of the set-up that carries the deprovision stage.
_block := input.spec.provisioning[input.spec.lifecycle.deprovision.via]

_system := data.leaver.catalogue.System[input.spec.lifecycle.deprovision.system].spec

# The app's own number, else that of the system.
default _sync := 0

_sync := _block.syncMinutes

_sync := _system.syncMinutes if not _block.syncMinutes

default _delay := 0

_delay := _block.delayDays

_delay := _system.delayDays if not _block.delayDays

findings contains {"path": ["spec", "lifecycle", "deprovision", "slaHours"], "message": message} if {
	apps.alive
	input.spec.lifecycle.deprovision.via in _automatic
	limit := input.spec.lifecycle.deprovision.slaHours
	minutes := _sync + (_delay * 1440)
	minutes > limit * 60
	message := sprintf("%s: deprovision within %v h is promised, but the sync takes up to %v h (every %v min, %v days of delay)", [
		input.metadata.name,
		limit,
		minutes / 60,
		_sync,
		_delay,
	])
}
