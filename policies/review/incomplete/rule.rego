# METADATA
# title: Review that leaves accounts out
# description: "Reviews look at employees and forget the accounts that matter most: administrators, guests, local accounts and
#   machines."
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Put the missing groups into `spec.lifecycle.review.covers`, or review them elsewhere and say so in a waiver.
#   controls:
#     nist-800-53: ["AC-6(7)"]
#     pci-dss: ["7.2.4", "7.2.5.1"]
#     soc2: [CC6.2.2]
package policies.review.incomplete

import data.policies.lib.apps

_needed contains "users"

_needed contains "admins" if {
	some role in input.spec.roles
	role.privileged == true
}

_needed contains population if {
	some population in input.spec.populations
	population in {"contractors", "guests", "partners"}
}

_needed contains "nonHuman" if count(input.spec.nonHuman) > 0

_needed contains "breakGlass" if count(input.spec.breakGlass) > 0

_covered contains group if some group in input.spec.lifecycle.review.covers

findings contains {"path": ["spec", "lifecycle", "review", "covers"], "message": message} if {
	apps.alive
	input.spec.lifecycle.review.covers
	missing := _needed - _covered
	count(missing) > 0
	message := sprintf("%s: the review leaves out %s", [input.metadata.name, concat(", ", sort(missing))])
}
