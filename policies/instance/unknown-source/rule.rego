# METADATA
# title: Refresh from an undeclared instance
# description: The source of a refresh decides which accounts the refresh restores. If the source is missing or undeclared, these accounts are
#   unknown.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `refreshedFrom` to the `name` of another entry of `spec.instances`, or declare the missing one.
#   controls:
#     nist-800-53: ["CM-8a.1", "IA-4"]
#     cis-v8: ["5.6"]
package policies.instance["unknown-source"]

import data.policies.lib.instances

findings contains {"path": ["spec", "instances", at, "refreshedFrom"], "message": message} if {
	some at, instance in instances.live
	count({instance.refreshedFrom} - instances.names) == 1
	message := sprintf("%s: the instance `%s` is refreshed from `%s`, which is not a declared instance%s", [
		input.metadata.name, instance.name, instance.refreshedFrom, instances.hint(instance.refreshedFrom, instances.names - {instance.name}),
	])
}

findings contains {"path": ["spec", "instances", at, "refreshedFrom"], "message": message} if {
	some at, instance in instances.refreshed
	not instance.refreshedFrom
	message := sprintf("%s: the instance `%s` is refreshed, but has no `refreshedFrom`", [input.metadata.name, instance.name])
}
