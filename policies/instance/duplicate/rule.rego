# METADATA
# title: Two instances with the same name, or the same host and tenant
# description: Two entries with the same name, or the same server and tenant, will eventually contradict each other. One of them was
#   probably meant for another instance, and that instance is not checked.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Keep one entry for each instance, or give the second one its own `name`, `host` or `tenant`.
#   controls:
#     nist-800-53: ["CM-8a.3"]
package policies.instance.duplicate

import data.policies.lib.instances

_normalised(text) := lower(trim_space(text))

# [name, index] and [[host, tenant], index], sorted so that equal values are neighbours.
_names := sort([[_normalised(instance.name), at] | some at, instance in instances.live])

_servers := sort([[server, at] |
	some at, instance in instances.live
	count(object.filter(instance, ["host", "tenant"])) > 0
	server := [_normalised(object.get(instance, "host", "")), _normalised(object.get(instance, "tenant", ""))]
])

_duplicates(sorted) := {[sorted[next - 1][1], sorted[next][1]] |
	some next in numbers.range(1, count(sorted) - 1)
	sorted[next - 1][0] == sorted[next][0]
}

_pairs := object.union({"name": _duplicates(_names) | count(_names) > 1}, {"server": _duplicates(_servers) | count(_servers) > 1})

findings contains {"path": ["spec", "instances", second, "name"], "message": message, "related": _related(first)} if {
	count(instances.live) > 1
	some [first, second] in _pairs.name
	message := sprintf("%s: another instance has the name `%s`", [input.metadata.name, input.spec.instances[second].name])
}

findings contains {"path": ["spec", "instances", second, _key(second)], "message": message, "related": _related(first)} if {
	count(instances.live) > 1
	some [first, second] in _pairs.server
	message := sprintf("%s: the instances `%s` and `%s` have the same %s", [
		input.metadata.name, input.spec.instances[first].name, input.spec.instances[second].name, _key(second),
	])
}

_key(at) := "host" if input.spec.instances[at].host

_key(at) := "tenant" if not input.spec.instances[at].host

_related(at) := [{"kind": "App", "name": input.metadata.name, "path": ["spec", "instances", at, "name"], "message": "the other instance"}]
