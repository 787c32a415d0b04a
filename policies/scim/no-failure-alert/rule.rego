# METADATA
# title: Provisioning failures alert nobody
# description: A push with an expired credential or too many failures slows down and is switched off after some weeks. Users do not notice that
#   accounts of leavers stay open. At tier 1, the finding is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Set `alert` of the mechanism, of its `deprovision` stage or of the System, and set that address in the identity provider (Entra
#     ID: *Notification Email*)."
#   controls:
#     nist-800-53: ["AC-2(4)", CA-7]
package policies.scim["no-failure-alert"]

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.ways

# In mode `connector`, jobs or lists may do the work. `mechanism/unheard` then checks their alert.
_left_to_jobs("connector") if {
	input.spec.provisioning.mode == "connector"
	count({stage | some stage, "connector" in mechanisms.pushed}) == 0
	some via in ways.unattended
	ways.doing[via]
}

_has_alert(via) if input.spec.provisioning[via].alert != ""

_has_alert(via) if {
	some stage, way in mechanisms.pushed
	way == via
	input.spec.lifecycle[stage].alert != ""
}

_has_alert(via) if {
	some system in mechanisms.systems(via)
	ways.has_alert(system)
}

# [days, System] of each System that gives up after a time in quarantine.
_given_up(via) := {[days, system] |
	some system in mechanisms.systems(via)
	some days in [data.leaver.catalogue.System[system].spec.quarantineDays]
}

_consequence(via) := sprintf("; %s%s stops after %d days in quarantine", [system, _slowdown_text(system), days]) if {
	count(_given_up(via)) > 0
	[days, system] := min(_given_up(via))
}

_consequence(via) := sprintf("; %s stops after %d tries", [system, tries]) if {
	count(_given_up(via)) == 0
	count(_tries(via)) > 0
	[tries, system] := min(_tries(via))
}

_consequence(via) := "" if {
	count(_given_up(via)) == 0
	count(_tries(via)) == 0
}

_tries(via) := {[tries, system] |
	some system in mechanisms.systems(via)
	some tries in [data.leaver.catalogue.System[system].spec.maxRetries]
}

# Text that states when a System slows down, and how often it then runs.
_slowdown_text(system) := sprintf(" runs only every %v h when %d percent fail, and", [quarantine.cycleHours, quarantine.failurePercent]) if {
	quarantine := data.leaver.catalogue.System[system].spec.quarantine
	quarantine.cycleHours
	quarantine.failurePercent
} else := ""

_related(via) := [{"kind": "System", "name": system, "path": ["spec", "quarantineDays"], "message": "stops after this time"} |
	some [_, system] in _given_up(via)
]

_mechanism_text := {
	"scim": "SCIM provisioning",
	"connector": "the connector",
	"directory": "directory synchronisation",
	"hr": "the feed from the HR system",
}

default _severity := "warning"

_severity := "error" if apps.tier == 1

findings contains {"path": ["spec", "provisioning", via, "alert"], "message": message, "severity": _severity, "related": related} if {
	apps.alive
	some via in mechanisms.used
	not _has_alert(via)
	not _left_to_jobs(via)
	message := sprintf("%s: no `alert` is declared for failures of %s%s", [input.metadata.name, _mechanism_text[via], _consequence(via)])
	related := _related(via)
}
