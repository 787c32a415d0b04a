# METADATA
# title: Two declarations of one thing
# description: Two declarations with the same name, or two apps behind one application of the identity provider, contradict each other sooner
#   or later, and nobody can say which of the two was reviewed.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: catalogue
#   fix: Keep one of the two, or give the second one a name and an `appId` of its own.
#   controls:
#     nist-800-53: [CM-8a.3]
package policies.catalogue["duplicate-name"]

# Sorted, so that equal keys stand side by side: [key, index].
_names := sort([[key, at] |
	some at, declaration in input.declarations
	key := concat("/", [declaration.kind, declaration.metadata.name])
])

_app_ids := sort([[key, at] |
	some at, declaration in input.declarations
	key := concat("/", [declaration.spec.signOn.system, declaration.spec.signOn.appId])
])

_name(at) := input.declarations[at].metadata.name

findings contains {"declaration": pair.second, "path": ["metadata", "name"], "message": message, "related": related} if {
	some pair in _equal(_names)
	related := [{"declaration": pair.first, "path": ["metadata", "name"], "message": "declared here too"}]
	message := sprintf("%s: there is another %s of this name", [_name(pair.second), input.declarations[pair.second].kind])
}

findings contains {"declaration": pair.second, "path": ["spec", "signOn", "appId"], "message": message, "related": related} if {
	some pair in _equal(_app_ids)
	_name(pair.first) != _name(pair.second)
	related := [{"declaration": pair.first, "path": ["spec", "signOn", "appId"], "message": "the other app"}]
	message := sprintf("%s: signs in by the same application of the identity provider as %s", [_name(pair.second), _name(pair.first)])
}

# Neighbours with the same key.
_equal(sorted) := {{"first": first[1], "second": second[1]} |
	some at, second in sorted
	at > 0
	first := sorted[at - 1]
	first[0] == second[0]
}
