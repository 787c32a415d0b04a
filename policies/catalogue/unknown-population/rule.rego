# METADATA
# title: Unknown population
# description: A sign-on or a mechanism names a population that is not in `populations` of the app. Either the population is undeclared, so
#   no rule checks who closes its accounts, or the name is wrong, so the intended people are not covered.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: catalogue
#   reads: [kind, metadata.name, spec.status, spec.signOn, spec.provisioning.*.populations, spec.populations]
#   fix: Add the population to `spec.populations`, or remove it from the list that names it.
#   controls:
#     nist-800-53: [AC-2a, AC-2c]
#     cis-v8: ["5.1"]
package policies.catalogue["unknown-population"]

import data.policies.lib.sign_ons

# [path, population] of every reference in a declaration.
_references(app) := array.concat(
	[[array.concat(path, ["populations", nth]), population] |
		some [path, how] in sign_ons.anywhere(app)
		some nth, population in how.populations
	],
	[[["spec", "provisioning", via, "populations", nth], population] |
		some via, block in app.spec.provisioning
		some nth, population in block.populations
	],
)

_declared_populations(app) := {population | some population in app.spec.populations; is_string(population)} | {population.name |
	some population in app.spec.populations
	is_object(population)
}

findings contains {"declaration": at, "path": path, "message": message, "related": related} if {
	some at, app in input.declarations
	app.kind == "App"
	not app.spec.status == "retired"
	own := _declared_populations(app)
	count(own) > 0
	some [path, population] in _references(app)
	not population in own
	related := [{"declaration": at, "path": ["spec", "populations"], "message": "the populations of the app"}]
	message := sprintf("%s: `%s` is not one of the `populations` of the app", [app.metadata.name, population])
}
