# METADATA
# title: Deprovisioning only frees the seat
# description: Freeing the seat saves money, but the account can still sign in. If no other stage disables it, the leaver keeps access.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Disable the account in `deprovision`, or remove it without delay (`remove` with `afterDays: 0`)."
#   controls:
#     nist-800-53: [AC-2f, PS-4a, AC-2l]
#     pci-dss: ["8.2.5"]
#   params:
#     errorAfterDays:
#       type: integer
#       default: 7
#       description: Number of days for which the account may work until `remove`; a longer wait is an error
#       unit: days
#       source: "a judgement: the limit of `leaver/sla-too-long` for the least critical apps, in days"
package policies.leaver["seat-only"]

import data.policies.lib.apps
import data.policies.lib.counted

findings contains {"path": ["spec", "lifecycle", "deprovision", "effect"], "message": message} if {
	apps.alive
	input.spec.lifecycle.deprovision.effect == "seat-only"
	not _removed
	message := sprintf("%s: deprovisioning only frees the seat, and no `remove` stage removes the account", [input.metadata.name])
}

_remove := input.spec.lifecycle.remove

_removed if _remove.via != "none"

# A short delay is a warning.
_severity(days) := "error" if days > data.leaver.params["leaver/seat-only"].errorAfterDays

_severity(days) := "warning" if days <= data.leaver.params["leaver/seat-only"].errorAfterDays

# Only `remove` ends the access, so it must not be delayed.
findings contains {"path": ["spec", "lifecycle", "remove", "afterDays"], "message": message, "severity": _severity(days)} if {
	apps.alive
	input.spec.lifecycle.deprovision.effect == "seat-only"
	_removed
	some days in [_remove.afterDays]
	days > 0
	message := sprintf("%s: deprovisioning only frees the seat, so the account works for another %s, until `remove`", [input.metadata.name, counted.days(days)])
}

findings contains {"path": ["spec", "lifecycle", "remove", "afterDays"], "message": message} if {
	apps.alive
	input.spec.lifecycle.deprovision.effect == "seat-only"
	_removed
	not _has_delay
	message := sprintf("%s: deprovisioning only frees the seat, and `remove.afterDays` does not declare when `remove` ends the access", [input.metadata.name])
}

_has_delay if _remove.afterDays >= 0
