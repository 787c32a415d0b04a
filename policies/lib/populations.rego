# Populations that an app describes by a mapping, for rules on the whole catalogue. Other rules see each of these populations as an App.
package policies.lib.populations

# [index, differences] of each population. The keys of the population override those of its pattern.
of(app) := [[nth, object.union(object.get(_patterns, object.get(population, "pattern", ""), {}), population)] |
	some nth, population in app.spec.populations
	is_object(population)
]

# Specs of patterns by name. `catalogue/duplicate-name` reports two patterns with the same name.
_patterns := object.union_n([{declaration.metadata.name: declaration.spec} |
	some declaration in input.declarations
	declaration.kind == "Pattern"
])
