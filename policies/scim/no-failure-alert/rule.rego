# METADATA
# title: Provisioning that fails unheard
# description: A provisioning job whose credential has expired, or of which too much fails, slows down and is switched off after some
#   weeks. Nobody in the app notices, because all that is missing is the leavers. At tier 1 that is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Name who hears of failures in `alert` of the mechanism or of its `deprovision` stage, and set that address in the identity
#     provider (Entra ID: *Notification Email*)."
#   controls:
#     nist-800-53: ["AC-2(4)", CA-7]
package policies.scim["no-failure-alert"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

_heard(via) if input.spec.provisioning[via].alert != ""

_heard(via) if {
	some stage, way in mechanisms.pushed
	way == via
	input.spec.lifecycle[stage].alert != ""
}

_heard(via) if {
	some system in mechanisms.systems(via)
	data.leaver.catalogue.System[system].spec.alertsByDefault == true
}

# What becomes of it: [System, days] of those that give up after a time in quarantine.
_given_up(via) := {[days, system] |
	some system in mechanisms.systems(via)
	some days in [data.leaver.catalogue.System[system].spec.quarantineDays]
}

_consequence(via) := "" if count(_given_up(via)) == 0

_consequence(via) := sprintf("; %s gives up after %d days in quarantine", [system, days]) if {
	count(_given_up(via)) > 0
	[days, system] := min(_given_up(via))
}

_related(via) := [{"kind": "System", "name": system, "path": ["spec", "quarantineDays"], "message": "then it gives up"} |
	some [_, system] in _given_up(via)
]

default _severity := "warning"

_severity := "error" if apps.tier == 1

findings contains {"path": ["spec", "provisioning", via, "alert"], "message": message, "severity": _severity, "related": related} if {
	apps.alive
	some via in mechanisms.used
	not _heard(via)
	message := sprintf("%s: nobody is named who hears when `%s` fails%s", [input.metadata.name, via, _consequence(via)])
	related := _related(via)
}
