# METADATA
# title: Duplicate declaration
# description: Two declarations with the same name, or two apps behind one application of the identity provider, will eventually contradict
#   each other, and it is unclear which one was reviewed.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: catalogue
#   reads: [kind, metadata.name, metadata.aliases, spec.signOn, spec.populations]
#   fix: If both are the same app, keep one declaration and describe different groups of users as `populations`. If they are two apps, give
#     the second its own name, aliases and `appId`.
#   controls:
#     nist-800-53: [CM-8a.3]
package policies.catalogue["duplicate-name"]

import data.policies.lib.ids
import data.policies.lib.sign_ons

# [kind, name or alias, index, path], sorted so that equal names of a kind are neighbours.
_names := sort(array.concat(
	[[declaration.kind, declaration.metadata.name, at, ["metadata", "name"]] |
		some at, declaration in input.declarations
	],
	[[declaration.kind, alias, at, ["metadata", "aliases", nth]] |
		some at, declaration in input.declarations
		some nth, alias in declaration.metadata.aliases
	],
))

_app_ids := sort([[how.system, ids.compared(how.appId), at, array.concat(path, ["appId"])] |
	some at, declaration in input.declarations
	declaration.kind == "App"
	some [path, how] in sign_ons.anywhere(declaration)
	is_string(how.system)
	is_string(how.appId)
])

_name(entry) := input.declarations[entry[2]].metadata.name

findings contains {"declaration": second[2], "path": second[3], "message": message, "related": _related(first, "also declared here")} if {
	some [first, second] in _duplicates(_names)
	_name(first) == _name(second)
	second[1] == _name(second)
	message := sprintf("%s: another %s has this name", [_name(second), second[0]])
}

findings contains {"declaration": second[2], "path": second[3], "message": message, "related": _related(first, "also declared here")} if {
	some [first, second] in _duplicates(_names)
	_name(first) != _name(second)
	message := sprintf("%s: `%s` is also a name of %s", [_name(second), second[1], _name(first)])
}

findings contains {"declaration": second[2], "path": second[3], "message": message, "related": _related(first, "the other app")} if {
	some [first, second] in _duplicates(_app_ids)
	_name(first) != _name(second)
	message := sprintf("%s: signs in through the same application of %s as %s", [_name(second), second[0], _name(first)])
}

_related(entry, message) := [{"declaration": entry[2], "path": entry[3], "message": message}]

# Pairs of neighbours from different declarations whose first two elements are equal.
_duplicates(sorted) := {[first, second] |
	some at, second in sorted
	at > 0
	first := sorted[at - 1]
	array.slice(first, 0, 2) == array.slice(second, 0, 2)
	first[2] != second[2]
}
