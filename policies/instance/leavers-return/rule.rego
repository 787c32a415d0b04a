# METADATA
# title: Refresh that brings leavers back
# description: A refresh copies the accounts of one instance over those of another. Accounts that were closed only there, or that were
#   still open when the copy was made, are open again, with their old roles and passwords, and no leaver is announced twice.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Have the refresh keep, disable or remove accounts and declare that in `refresh.accounts` of the instance, or declare in
#     `refresh.reconcile` who closes the accounts of leavers after each refresh, and how.
#   controls:
#     nist-800-53: ["AC-2f", "PS-4a", "CM-3"]
#     pci-dss: ["8.2.5", "6.5.6"]
#     cis-v8: ["6.2"]
package policies.instance["leavers-return"]

import data.policies.lib.instances

_from(instance) := sprintf(" from `%s`", [instance.refreshedFrom]) if instance.refreshedFrom

_from(instance) := "" if not instance.refreshedFrom

# Place → instance, of those in which nobody closes accounts after a refresh.
_left[at] := instance if {
	some at, instance in instances.refreshed
	not instances.closed(object.get(instance, ["refresh", "reconcile"], {}))
}

findings contains {"path": ["spec", "instances", at, "refresh", "accounts"], "message": message} if {
	some at, instance in _left
	not instance.refresh.accounts
	message := sprintf("%s: nothing says what a refresh of the instance `%s`%s does to accounts, and nobody closes those of leavers afterwards", [
		input.metadata.name, instance.name, _from(instance),
	])
}

findings contains {"path": ["spec", "instances", at, "refresh", "reconcile", key], "message": message} if {
	some at, instance in _left
	instance.refresh.accounts == "copied"
	key := instances.missing(object.get(instance, ["refresh", "reconcile"], {}))
	message := sprintf("%s: a refresh of the instance `%s`%s brings back accounts of leavers, and nobody closes them again", [
		input.metadata.name, instance.name, _from(instance),
	])
}
