# METADATA
# title: Attribute with two masters
# description: "If two systems both decide about an attribute, each run undoes the last one. With roles that is not only a nuisance: a
#   right that one of them took away comes back with the other."
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Leave one entry for each attribute in `spec.provisioning.attributes`. For roles, set `jit.roleSync: none`, or state which
#     mechanism wins in `precedence`."
#   controls:
#     nist-800-53: ["IA-4(9)"]
package policies.hybrid["two-authorities"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

# [name, place, authority] of each attribute that names one.
_masters contains [lower(attribute.name), at, attribute.authority] if {
	some at, attribute in input.spec.provisioning.attributes
	attribute.authority
}

_others(name, at, authority) := {[before, other] |
	some [same, before, other] in _masters
	same == name
	before < at
	other != authority
}

findings contains {"path": ["spec", "provisioning", "attributes", at, "authority"], "message": message, "related": related} if {
	apps.alive
	some [name, at, authority] in _masters
	others := _others(name, at, authority)
	count(others) > 0
	[before, other] := min(others)
	message := sprintf("%s: both `%s` and `%s` decide about `%s`", [
		input.metadata.name, other, authority, input.spec.provisioning.attributes[at].name,
	])
	related := [{
		"kind": "App", "name": input.metadata.name,
		"path": ["spec", "provisioning", "attributes", before, "authority"], "message": "the other one",
	}]
}

_settled if input.spec.provisioning.precedence != ""

_settled if {
	some [name, _, _] in _masters
	name in {"roles", "groups"}
}

findings contains {"path": ["spec", "provisioning", "jit", "roleSync"], "message": message, "related": related} if {
	apps.alive
	input.spec.provisioning.jit.roleSync in {"assign", "append", "sync"}
	some via in [input.spec.lifecycle.entitle.via]
	via in mechanisms.pushing
	not _settled
	message := sprintf("%s: roles come with the sign-in and via `%s`, and nothing says which of them wins", [input.metadata.name, via])
	related := [{"kind": "App", "name": input.metadata.name, "path": ["spec", "lifecycle", "entitle", "via"], "message": "the other one"}]
}
