# METADATA
# title: Guests without an end date
# description: Guests, contractors and partners are in no HR system. Without an end date, their accounts stay open after the work is done. At tier 1
#   and 2, the finding is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Set `spec.external.endDateRequired: true`, and `maxDays` to the days after which the date must be renewed."
#   controls:
#     nist-800-53: ["AC-2(3)(a)"]
#     pci-dss: ["8.2.7", "7.2.4"]
package policies.external["no-end-date"]

import data.policies.lib.apps
import data.policies.lib.sign_ons

_external_populations := [population |
	some population in input.spec.populations
	population in {"contractors", "guests", "partners"}
]

default _severity := "warning"

_severity := "error" if apps.tier <= 2

_ends if input.spec.external.endDateRequired == true

# `maxDays` implies an end date.
_ends if {
	input.spec.external.maxDays
	not input.spec.external.endDateRequired == false
}

findings contains {"path": ["spec", "external", "endDateRequired"], "message": message, "severity": _severity} if {
	apps.alive
	count(_external_populations) > 0
	not _ends
	message := sprintf("%s: no end date is required for accounts of %s (`external.endDateRequired`)", [input.metadata.name, concat(" and ", _external_populations)])
}

# Signs of external people whom `populations` does not contain.
_signs contains "`spec.external`" if input.spec.external

_signs contains sprintf("%s sign in through %s", [population, how.system]) if {
	some [_, how] in sign_ons.current
	some population in how.populations
	population in {"contractors", "guests", "partners"}
}

findings contains {"path": ["spec", "external", "endDateRequired"], "message": message, "severity": _severity} if {
	apps.alive
	count(_external_populations) == 0
	count(_signs) > 0
	not _ends
	message := sprintf("%s: external people have accounts (%s), but no end date is required (`external.endDateRequired`)", [
		input.metadata.name, concat(", ", sort(_signs)),
	])
}
