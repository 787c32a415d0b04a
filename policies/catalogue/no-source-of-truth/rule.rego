# METADATA
# title: Nobody says who should have an account
# description: "Without an authoritative source there is nothing to compare the accounts with: no leaver is ever missing from a list
#   that does not exist."
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Name the System that decides in `spec.sourceOfTruth`, usually the HR system.
#   controls:
#     nist-800-53: ["IA-4"]
#     cis-v8: ["5.6"]
#     nist-csf: ["PR.AA-01"]
package policies.catalogue["no-source-of-truth"]

import data.policies.lib.apps

# Fed by the HR system: that is the source.
_fed if {
	apps.mode == "hr"
	input.spec.provisioning.hr.system
}

# No list of people decides here.
_nobody if apps.mode == "none"

_nobody if {population | some population in input.spec.populations} == {"customers"}

findings contains {"path": ["spec", "sourceOfTruth"], "message": message} if {
	apps.alive
	input.spec.lifecycle
	not input.spec.sourceOfTruth
	not _fed
	not _nobody
	message := sprintf("%s: nothing says which system decides who has an account", [input.metadata.name])
}
