# METADATA
# title: The same key with values from two places
# description: Sign-in and push match by the same attribute of the app, and the identity provider fills it from two different attributes of its
#   own. They are equal until one of them changes. Then the person gets a second account, and the first keeps its rights.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Send the same attribute of the identity provider in both, one that stays with the person, and declare it in `matchKey.from` of both.
#   controls:
#     nist-800-53: [IA-4c, IA-4d]
#     pci-dss: ["8.2.1"]
package policies.hybrid["key-source-differs"]

import data.policies.lib.apps
import data.policies.lib.keys
import data.policies.lib.mechanisms

_signs_in if apps.created_by_jit

_signs_in if input.spec.provisioning.jit.updatesAtSignIn == true

_signs_in if input.spec.provisioning.jit.matchKey

# [mechanism, where the value comes from], sorted.
_sources := sort([[via, key.from] |
	some via, key in keys.declared
	key.from
	_in_use(via)
])

_in_use(via) if via in mechanisms.matching

_in_use("jit") if _signs_in

findings contains {"path": ["spec", "provisioning", via, "matchKey", "from"], "message": message, "related": related} if {
	apps.alive
	count({via | some via, key in keys.declared; key.from}) > 1
	some at, [via, from] in _sources
	at > 0
	[first, other] := _sources[0]
	lower(from) != lower(other)
	lower(keys.declared[via].attribute) == lower(keys.declared[first].attribute)
	message := sprintf("%s: `%s` and `%s` both match by `%s`, but one gets it from `%s` and the other from `%s`", [
		input.metadata.name, first, via, keys.declared[via].attribute, other, from,
	])
	related := [{
		"kind": "App", "name": input.metadata.name, "path": ["spec", "provisioning", first, "matchKey", "from"], "message": "the other source",
	}]
}
