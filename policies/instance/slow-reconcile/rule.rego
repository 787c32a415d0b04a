# METADATA
# title: Leavers who are back until somebody looks
# description: After a refresh that copies accounts, leavers have access until somebody closes their accounts again. If that takes
#   longer than the deprovisioning promises, the promise does not hold in this instance, and without a time there is none.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Close the accounts of leavers before people get the refreshed instance, and state the time in `refresh.reconcile.slaHours`,
#     at most that of `lifecycle.deprovision`.
#   controls:
#     nist-800-53: ["AC-2f", "PS-4a"]
#     pci-dss: ["8.2.5"]
#     cis-v8: ["6.2"]
package policies.instance["slow-reconcile"]

import data.policies.lib.instances

_late[at] := instance if {
	some at, instance in instances.refreshed
	instances.copied(instance)
	instances.closed(instance.refresh.reconcile)
}

findings contains {"path": ["spec", "instances", at, "refresh", "reconcile", "slaHours"], "message": message} if {
	some at, instance in _late
	not is_number(object.get(instance.refresh.reconcile, "slaHours", ""))
	message := sprintf("%s: nothing says how soon after a refresh of the instance `%s` the accounts of leavers are closed", [
		input.metadata.name, instance.name,
	])
}

findings contains {"path": ["spec", "instances", at, "refresh", "reconcile", "slaHours"], "message": message, "related": related} if {
	some at, instance in _late
	hours := instance.refresh.reconcile.slaHours
	limit := input.spec.lifecycle.deprovision.slaHours
	hours > limit
	message := sprintf("%s: after a refresh of the instance `%s` leavers have access for up to %v h (limit %v h)", [
		input.metadata.name, instance.name, hours, limit,
	])
	related := [{
		"kind": "App", "name": input.metadata.name, "path": ["spec", "lifecycle", "deprovision", "slaHours"], "message": "the promised time",
	}]
}
