# Populations of an app that are described on their own, for rules on the whole catalogue: other rules are shown each of them as an App.
package policies.lib.populations

# [position, what is different for it] of each: its own keys over those of its pattern.
of(app) := [[nth, object.union(object.get(_patterns, object.get(population, "pattern", ""), {}), population)] |
	some nth, population in app.spec.populations
	is_object(population)
]

# What patterns say, by name. Two of one name are a mistake that is reported elsewhere.
_patterns := object.union_n([{declaration.metadata.name: declaration.spec} |
	some declaration in input.declarations
	declaration.kind == "Pattern"
])
