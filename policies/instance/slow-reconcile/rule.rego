# METADATA
# title: Leavers keep access too long after a refresh
# description: After a refresh that copies accounts, leavers have access until their accounts are closed again. If closing takes longer than
#   the deprovisioning SLA, or has no SLA, the deprovisioning SLA does not hold in this instance.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Close the accounts of leavers before people use the refreshed instance, and set `refresh.reconcile.slaHours` to at most
#     `lifecycle.deprovision.slaHours`.
#   controls:
#     nist-800-53: ["AC-2f", "PS-4a"]
#     pci-dss: ["8.2.5"]
#     cis-v8: ["6.2"]
package policies.instance["slow-reconcile"]

import data.policies.lib.instances

_reconciled[at] := instance if {
	some at, instance in instances.refreshed
	instances.copied(instance)
	instances.closed(instance.refresh.reconcile)
}

findings contains {"path": ["spec", "instances", at, "refresh", "reconcile", "slaHours"], "message": message} if {
	some at, instance in _reconciled
	not is_number(object.get(instance.refresh.reconcile, "slaHours", ""))
	message := sprintf("%s: `refresh.reconcile` of the instance `%s` has no `slaHours`, so it is unclear how soon accounts of leavers are closed", [
		input.metadata.name, instance.name,
	])
}

findings contains {"path": ["spec", "instances", at, "refresh", "reconcile", "slaHours"], "message": message, "related": related} if {
	some at, instance in _reconciled
	hours := instance.refresh.reconcile.slaHours
	limit := input.spec.lifecycle.deprovision.slaHours
	hours > limit
	message := sprintf("%s: leavers have access to the instance `%s` for up to %v h after a refresh (limit %v h)", [
		input.metadata.name, instance.name, hours, limit,
	])
	related := [{
		"kind": "App", "name": input.metadata.name, "path": ["spec", "lifecycle", "deprovision", "slaHours"], "message": "the SLA",
	}]
}
