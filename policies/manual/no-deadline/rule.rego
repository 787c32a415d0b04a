# METADATA
# title: Manual stage without a deadline
# description: Without a deadline, nobody can tell whether a ticket is late. Manual work, including the vendor's work, needs a deadline.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `slaHours` of the stage. For the vendor, use the time in the contract.
#   controls:
#     nist-800-53: ["AC-2f", "AC-2h"]
#     iso-27001: ["A.5.20"]
#     cis-v8: ["6.1", "6.2"]
package policies.manual["no-deadline"]

import data.policies.lib.apps

# The severity for each mechanism. A vendor is less severe, because the contract limits the vendor's time.
_severity := {"ticket": "error", "admin": "error", "runbook": "error", "vendor": "warning"}

# A stage that ends access needs a deadline in any case.
_severity_of("vendor", "deprovision") := "error"

_severity_of(via, stage) := _severity[via] if [via, stage] != ["vendor", "deprovision"]

# The rules of the group `review` check these stages.
_periodic := {"review", "reconcile"}

findings contains {"path": ["spec", "lifecycle", stage, "slaHours"], "message": message, "severity": severity} if {
	apps.alive
	some stage, how in input.spec.lifecycle
	some severity in [_severity_of(how.via, stage)]
	not stage in _periodic
	not _timed(how)
	message := sprintf("%s: `%s` is done by people (`%s`), but has no `slaHours`", [input.metadata.name, stage, how.via])
}

# The deadline is in hours, in days after the end of access, or in days between two runs.
_timed(how) if how.slaHours >= 0

_timed(how) if how.afterDays >= 0

_timed(how) if how.everyDays >= 0
