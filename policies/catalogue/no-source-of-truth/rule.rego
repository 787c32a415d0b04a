# METADATA
# title: App without a source of truth
# description: Without an authoritative source, there is no list to compare the accounts with, so accounts of leavers cannot be found.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `spec.sourceOfTruth` to the System that decides who has an account, usually the HR system.
#   controls:
#     nist-800-53: ["IA-4"]
#     cis-v8: ["5.6"]
#     nist-csf: ["PR.AA-01"]
package policies.catalogue["no-source-of-truth"]

import data.policies.lib.apps

# The HR system that feeds the app is the source of truth.
_has_hr_source if {
	apps.mode == "hr"
	input.spec.provisioning.hr.system
}

_needs_no_source if apps.mode == "none"

# No System lists customers.
_needs_no_source if {population | some population in input.spec.populations} == {"customers"}

findings contains {"path": ["spec", "sourceOfTruth"], "message": message} if {
	apps.alive
	input.spec.lifecycle
	not input.spec.sourceOfTruth
	not _has_hr_source
	not _needs_no_source
	message := sprintf("%s: `sourceOfTruth` is missing, so it is unclear which system decides who has an account", [input.metadata.name])
}
