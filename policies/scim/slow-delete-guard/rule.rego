# METADATA
# title: Delete guard that may wait longer than the SLA
# description: When many people leave on one day, the guard against mass deletions holds back all deactivations. If its approver has more time
#   than the SLA allows, the SLA is missed on that day.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Lower `deleteGuard.slaHours` to at most `spec.lifecycle.deprovision.slaHours`, or raise that SLA deliberately.
#   controls:
#     nist-800-53: [AC-2f]
package policies.scim["slow-delete-guard"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

_via := input.spec.lifecycle.deprovision.via

_declares_wait if input.spec.provisioning[_via].deleteGuard.slaHours >= 0

# [maximum wait of the guard in hours, System or ""]. The System is "" if the guard is in the app.
_waits contains [hours, ""] if {
	_via in mechanisms.pushing
	some hours in [input.spec.provisioning[_via].deleteGuard.slaHours]
}

_waits contains [hours, system] if {
	_via in (mechanisms.pushing | {"script", "automation"})
	not _declares_wait
	some system in [mechanisms.system("deprovision")]
	some hours in [data.leaver.catalogue.System[system].spec.deleteGuard.slaHours]
}

_path("") := ["spec", "provisioning", _via, "deleteGuard", "slaHours"]

_path(system) := ["spec", "lifecycle", "deprovision", "slaHours"] if system != ""

_related("") := [{
	"kind": "App", "name": input.metadata.name, "path": ["spec", "lifecycle", "deprovision", "slaHours"], "message": "the SLA",
}]

_related(system) := [{
	"kind": "System", "name": system, "path": ["spec", "deleteGuard", "slaHours"], "message": "the guard",
}] if system != ""

findings contains {"path": path, "message": message, "related": related} if {
	apps.alive
	some limit in [input.spec.lifecycle.deprovision.slaHours]
	some [hours, system] in _waits
	hours > limit
	path := _path(system)
	related := _related(system)
	message := sprintf("%s: `deprovision` may take %v h, but the delete guard may hold it back for %v h", [
		input.metadata.name, limit, hours,
	])
}
