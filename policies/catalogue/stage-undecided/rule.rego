# METADATA
# title: Stage without a mechanism
# description: If a stage has no mechanism, perhaps nobody performs it, even if it has an owner, a queue or a deadline. Most rules about a stage
#   depend on its `via`.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `via` to the mechanism that performs the stage, or to `none` if it is not done.
#   controls:
#     nist-800-53: ["AC-2a", "AC-2f"]
#     iso-27001: ["A.5.18"]
#     cis-v8: ["6.2"]
package policies.catalogue["stage-undecided"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

findings contains {"path": ["spec", "lifecycle", stage, "via"], "message": message} if {
	apps.has_accounts
	some stage, how in input.spec.lifecycle
	not how.via
	not how.method
	not how.maxLifeHours
	message := sprintf("%s: `%s` has no `via`, so it is unclear how it is done", [input.metadata.name, stage])
}

# The stage `remove` does not replace `deprovision`, because leavers must lose access at once.
findings contains {"path": ["spec", "lifecycle", "deprovision"], "message": message} if {
	apps.has_accounts
	input.spec.lifecycle
	not input.spec.lifecycle.deprovision
	message := sprintf("%s: `deprovision` is missing, so it is unclear how the access of leavers ends", [input.metadata.name])
}

# Other rules report a missing `update` if a sign-in or people create the accounts.
findings contains {"path": ["spec", "lifecycle", "update"], "message": message} if {
	apps.has_accounts
	mechanisms.creation in mechanisms.pushing
	input.spec.lifecycle
	not apps.created_by_jit
	not input.spec.lifecycle.update
	message := sprintf("%s: `update` is missing, so it is unclear how accounts are updated", [input.metadata.name])
}

findings contains {"path": ["spec", "lifecycle", "deprovision", "owner"], "message": message} if {
	apps.has_accounts
	some how in [input.spec.lifecycle.deprovision]
	how.via
	how.via != "none"
	not how.owner
	_removed
	message := sprintf("%s: `deprovision` has no owner", [input.metadata.name])
}

_removed if apps.owned("remove")

_removed if mechanisms.done("remove")

# All other modes imply how accounts are created.
findings contains {"path": ["spec", "lifecycle", "create"], "message": message} if {
	apps.has_accounts
	apps.mode in {"manual", "vendor"}
	input.spec.lifecycle
	not input.spec.lifecycle.create
	message := sprintf("%s: the mode is `%s`, but `create` is missing, so it is unclear who creates accounts", [input.metadata.name, apps.mode])
}

_named_system := {"connector", "directory", "hr"}

_has_system(stage) if mechanisms.system(stage)

findings contains {"path": ["spec", "lifecycle", stage, "system"], "message": message} if {
	apps.has_accounts
	some stage, via in mechanisms.pushed
	via in _named_system
	not _has_system(stage)
	message := sprintf("%s: `%s` has `via: %s`, but no `system` is declared", [input.metadata.name, stage, via])
}
