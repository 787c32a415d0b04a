# METADATA
# title: System that nobody declared
# description: A stage that is carried by a system of no known name cannot be checked against what that system does, and is
#   usually a spelling mistake or a system that is long gone.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Name a declared System or a built-in one, or declare the missing one.
#   controls:
#     nist-800-53: [IA-4]
#     nist-csf: [PR.AA-01]
package policies.catalogue["unknown-system"]

import data.policies.lib.apps

_named contains {"path": ["spec", "sourceOfTruth"], "system": system} if system := input.spec.sourceOfTruth

_named contains {"path": ["spec", "signOn", "system"], "system": system} if system := input.spec.signOn.system

_named contains {"path": ["spec", "lifecycle", stage, "system"], "system": system} if {
	some stage, how in input.spec.lifecycle
	system := how.system
}

_systems contains place.system if some place in _named

_places(system) := {place.path | some place in _named; place.system == system}

findings contains {"path": min(_places(system)), "message": message} if {
	apps.alive
	some system in _systems
	not data.leaver.catalogue.System[system]
	message := sprintf("%s: `%s` is no known System", [input.metadata.name, system])
}
