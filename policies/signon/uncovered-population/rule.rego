# METADATA
# title: People for whom no sign-on is declared
# description: Every sign-on of the app is limited to some populations, and one of the app's populations is in none of them. These people have
#   accounts and sign in somehow, most often with a password of the app, and no identity provider refuses them once they have left.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Name the population in `populations` of the sign-on that is for it, or add one to `spec.signOn`. If these people use a password of the
#     app, describe them as a population with a `signOn` of its own: `{protocol: local, populations: [guests]}`."
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

_left := [population |
	some population in input.spec.populations
	is_string(population)
	not population in _covered
]

findings contains {"path": ["spec", "signOn"], "message": message} if {
	apps.alive
	count(sign_ons.written) > 0
	not _for_everybody
	count(_left) > 0
	message := sprintf("%s: no sign-on is declared for %s", [input.metadata.name, concat(" and ", _left)])
}
