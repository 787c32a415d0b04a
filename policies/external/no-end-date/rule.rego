# METADATA
# title: Guests who never leave
# description: Guests and contractors are in no HR system that ends them. Without an end date and a sponsor who confirms them,
#   they stay.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Declare `spec.external` with `sponsor` and `endDateRequired: true`."
#   controls:
#     nist-800-53: ["AC-2(3)"]
#     pci-dss: ["8.2.7", "7.2.4"]
package policies.external["no-end-date"]

import data.policies.lib.apps

_outside := {"contractors", "guests", "partners"}

findings contains {"path": ["spec", "external", key], "message": message, "severity": severity} if {
	apps.alive
	some population in input.spec.populations
	population in _outside
	key := _missing
	severity := {true: "error", false: "warning"}[apps.tier <= 2]
	message := sprintf("%s: people from outside have accounts, but `external` has no `%s`", [input.metadata.name, key])
}

_missing := "sponsor" if not input.spec.external.sponsor

_missing := "endDateRequired" if {
	input.spec.external.sponsor
	not input.spec.external.endDateRequired == true
}
