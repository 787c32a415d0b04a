# METADATA
# title: Attribute with two authorities
# description: "If two systems set an attribute, each undoes the changes of the other. For roles, one system restores a right that the other has
#   withdrawn."
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Keep one entry for each attribute in `spec.provisioning.attributes`. For roles, set `jit.roleSync: none`, or set `precedence` to
#     the mechanism that wins."
#   controls:
#     nist-800-53: ["IA-4(9)"]
package policies.hybrid["two-authorities"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

# [name, index, authority] of each attribute with an authority.
_authorities contains [lower(attribute.name), at, attribute.authority] if {
	some at, attribute in input.spec.provisioning.attributes
	attribute.authority
}

_others(name, at, authority) := {[before, other] |
	some [same, before, other] in _authorities
	same == name
	before < at
	other != authority
}

findings contains {"path": ["spec", "provisioning", "attributes", at, "authority"], "message": message, "related": related} if {
	apps.alive
	some [name, at, authority] in _authorities
	others := _others(name, at, authority)
	count(others) > 0
	[before, other] := min(others)
	message := sprintf("%s: both `%s` and `%s` set `%s`", [
		input.metadata.name, other, authority, input.spec.provisioning.attributes[at].name,
	])
	related := [{
		"kind": "App", "name": input.metadata.name,
		"path": ["spec", "provisioning", "attributes", before, "authority"], "message": "the other authority",
	}]
}

_precedence_declared if input.spec.provisioning.precedence != ""

_precedence_declared if {
	some [name, _, _] in _authorities
	name in {"roles", "groups"}
}

findings contains {"path": ["spec", "provisioning", "jit", "roleSync"], "message": message, "related": related} if {
	apps.alive
	input.spec.provisioning.jit.roleSync in {"assign", "append", "sync"}
	some via in [input.spec.lifecycle.entitle.via]
	via in mechanisms.pushing
	not _precedence_declared
	message := sprintf("%s: both the sign-in and `%s` set roles, but `precedence` does not declare which one wins", [input.metadata.name, via])
	related := [{"kind": "App", "name": input.metadata.name, "path": ["spec", "lifecycle", "entitle", "via"], "message": "the other mechanism"}]
}
