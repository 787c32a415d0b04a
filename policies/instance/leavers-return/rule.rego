# METADATA
# title: Refresh that restores accounts of leavers
# description: A refresh copies the accounts of one instance over those of another. Accounts that were closed only in the target, or were still open
#   in the source at the time of the copy, are then open with their old roles and passwords, and nobody is notified a second time.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Have the refresh keep, disable or remove accounts and set `refresh.accounts` of the instance, or declare in `refresh.reconcile` who
#     closes accounts of leavers after each refresh (`owner`), and how (`via`).
#   controls:
#     nist-800-53: ["AC-2f", "PS-4a", "CM-3"]
#     pci-dss: ["8.2.5", "6.5.6"]
#     cis-v8: ["6.2"]
package policies.instance["leavers-return"]

import data.policies.lib.instances

_from(instance) := sprintf(" from `%s`", [instance.refreshedFrom]) if instance.refreshedFrom

_from(instance) := "" if not instance.refreshedFrom

# The instances whose `refresh.reconcile` does not close the accounts of leavers, by index.
_not_closed[at] := instance if {
	some at, instance in instances.refreshed
	not instances.closed(object.get(instance, ["refresh", "reconcile"], {}))
}

findings contains {"path": ["spec", "instances", at, "refresh", "accounts"], "message": message} if {
	some at, instance in _not_closed
	not instance.refresh.accounts
	message := sprintf("%s: it is unclear what a refresh of the instance `%s`%s does to accounts, and `refresh.reconcile` does not close those of leavers", [
		input.metadata.name, instance.name, _from(instance),
	])
}

findings contains {"path": ["spec", "instances", at, "refresh", "reconcile", key], "message": message} if {
	some at, instance in _not_closed
	instance.refresh.accounts == "copied"
	key := instances.missing(object.get(instance, ["refresh", "reconcile"], {}))
	message := sprintf("%s: a refresh of the instance `%s`%s restores accounts of leavers, and `refresh.reconcile` does not close them", [
		input.metadata.name, instance.name, _from(instance),
	])
}
