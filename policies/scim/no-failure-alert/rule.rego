# METADATA
# title: Provisioning failures alert nobody
# description: A provisioning job whose credential has expired, or of which too much fails, slows down and is switched off after some
#   weeks. Nobody in the app notices, because all that is missing is the leavers. At tier 1 that is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Name who hears of failures in `alert` of the mechanism, of its `deprovision` stage or of the System, and set that address in the
#     identity provider (Entra ID: *Notification Email*)."
#   controls:
#     nist-800-53: ["AC-2(4)", CA-7]
package policies.scim["no-failure-alert"]

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.ways

# Jobs or lists do what the mode calls a connector, and no stage goes via the connector itself: `mechanism/unheard` asks for their alert.
_left_to_jobs("connector") if {
	input.spec.provisioning.mode == "connector"
	count({stage | some stage, "connector" in mechanisms.pushed}) == 0
	some via in ways.unattended
	ways.doing[via]
}

_heard(via) if input.spec.provisioning[via].alert != ""

_heard(via) if {
	some stage, way in mechanisms.pushed
	way == via
	input.spec.lifecycle[stage].alert != ""
}

_heard(via) if {
	some system in mechanisms.systems(via)
	ways.tells(system)
}

# What becomes of it: [System, days] of those that give up after a time in quarantine.
_given_up(via) := {[days, system] |
	some system in mechanisms.systems(via)
	some days in [data.leaver.catalogue.System[system].spec.quarantineDays]
}

_consequence(via) := sprintf("; %s%s gives up after %d days in quarantine", [system, _slower(system), days]) if {
	count(_given_up(via)) > 0
	[days, system] := min(_given_up(via))
}

_consequence(via) := sprintf("; %s gives up after %d tries", [system, tries]) if {
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

# When a System begins to slow down, and how slow it gets.
_slower(system) := sprintf(" runs only every %v h when %d percent fail, and", [quarantine.cycleHours, quarantine.failurePercent]) if {
	quarantine := data.leaver.catalogue.System[system].spec.quarantine
	quarantine.cycleHours
	quarantine.failurePercent
} else := ""

_related(via) := [{"kind": "System", "name": system, "path": ["spec", "quarantineDays"], "message": "then it gives up"} |
	some [_, system] in _given_up(via)
]

_words := {
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
	not _heard(via)
	not _left_to_jobs(via)
	message := sprintf("%s: nobody is told when %s fails%s", [input.metadata.name, _words[via], _consequence(via)])
	related := _related(via)
}
