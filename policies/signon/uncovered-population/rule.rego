# METADATA
# title: Population without a sign-on
# description: Every sign-on of the app is limited to some populations, and one population is in none of these sign-ons. These people probably sign in
#   with a password of the app, which no identity provider blocks after they leave.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Add the population to `populations` of its sign-on, or add a sign-on to `spec.signOn`. If these people use a password of the app,
#     declare the population with its own `signOn`: `{protocol: local, populations: [guests]}`."
#   controls:
#     nist-800-53: [AC-2a, IA-2]
#     iso-27001: [A.8.5]
package policies.signon["uncovered-population"]

import data.policies.lib.apps
import data.policies.lib.sign_ons

_for_everybody if {
	some [_, how] in sign_ons.written
	count(object.get(how, "populations", [])) == 0
}

_covered := {population |
	some [_, how] in sign_ons.written
	some population in how.populations
}

_uncovered := [population |
	some population in input.spec.populations
	is_string(population)
	not population in _covered
]

findings contains {"path": ["spec", "signOn"], "message": message} if {
	apps.alive
	count(sign_ons.written) > 0
	not _for_everybody
	count(_uncovered) > 0
	message := sprintf("%s: no sign-on is declared for %s", [input.metadata.name, concat(" and ", _uncovered)])
}
