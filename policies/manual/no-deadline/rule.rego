# METADATA
# title: Manual stage without a deadline
# description: A ticket that may be closed next quarter is handled next quarter. Work that people do by hand, the vendor's people
#   included, needs a time in which it is done.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Write the hours in `slaHours` of the stage. What the vendor does is only as fast as the contract says, so take the
#     number from there.
#   controls:
#     nist-800-53: ["AC-2f", "AC-2h"]
#     iso-27001: ["A.5.20"]
#     cis-v8: ["6.1", "6.2"]
package policies.manual["no-deadline"]

import data.policies.lib.apps

# What the stage costs when its time is not set: a vendor's is for the contract.
_severity := {"ticket": "error", "admin": "error", "runbook": "error", "vendor": "warning"}

# What ends access needs a deadline, whoever does it.
_weight("vendor", "deprovision") := "error"

_weight(via, stage) := _severity[via] if [via, stage] != ["vendor", "deprovision"]

# Whether these are due is for the rules about reviews.
_periodic := {"review", "reconcile"}

findings contains {"path": ["spec", "lifecycle", stage, "slaHours"], "message": message, "severity": severity} if {
	apps.alive
	some stage, how in input.spec.lifecycle
	some severity in [_weight(how.via, stage)]
	not stage in _periodic
	not _timed(how)
	message := sprintf("%s: `%s` is done by people (`%s`) and has no deadline", [input.metadata.name, stage, how.via])
}

# Hours, days after the end of access, or days between two rounds.
_timed(how) if how.slaHours >= 0

_timed(how) if how.afterDays >= 0

_timed(how) if how.everyDays >= 0
