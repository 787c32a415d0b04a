# METADATA
# title: Match key filled from two sources
# description: Sign-in and push match by the same attribute of the app, but the identity provider fills this attribute from two different
#   sources. When one of the sources changes, the person gets a second account, and the first keeps its rights.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Send the same stable attribute of the person at sign-in and in the push, and set `matchKey.from` of both to it.
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

# [mechanism, source] of each match key in use, sorted.
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
	message := sprintf("%s: `%s` and `%s` both match by `%s`, but one fills it from `%s` and the other from `%s`", [
		input.metadata.name, first, via, keys.declared[via].attribute, other, from,
	])
	related := [{
		"kind": "App", "name": input.metadata.name, "path": ["spec", "provisioning", first, "matchKey", "from"], "message": "the other source",
	}]
}
