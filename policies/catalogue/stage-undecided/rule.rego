# METADATA
# title: Stage without a mechanism
# description: A stage that names an owner, a queue or a deadline and not what does it is done by nobody in particular. Every judgement on a stage begins with
#   the way in which it happens, so leaving that out must not be cheaper than saying it.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `via` to what does the stage. `via` is `none` where it is really not done.
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
	message := sprintf("%s: nothing says what does `%s` (`via`)", [input.metadata.name, stage])
}

# To remove accounts later does not end the access of leavers now.
findings contains {"path": ["spec", "lifecycle", "deprovision"], "message": message} if {
	apps.has_accounts
	input.spec.lifecycle
	not input.spec.lifecycle.deprovision
	message := sprintf("%s: nothing says how the access of a leaver ends (`deprovision`)", [input.metadata.name])
}

# Of accounts that a sign-in or people create other rules ask for it.
findings contains {"path": ["spec", "lifecycle", "update"], "message": message} if {
	apps.has_accounts
	mechanisms.creation in mechanisms.pushing
	input.spec.lifecycle
	not apps.created_by_jit
	not input.spec.lifecycle.update
	message := sprintf("%s: nothing says how accounts are updated (`update`)", [input.metadata.name])
}

findings contains {"path": ["spec", "lifecycle", "deprovision", "owner"], "message": message} if {
	apps.has_accounts
	some how in [input.spec.lifecycle.deprovision]
	how.via
	how.via != "none"
	not how.owner
	_removed
	message := sprintf("%s: nobody owns `deprovision`", [input.metadata.name])
}

_removed if apps.owned("remove")

_removed if mechanisms.done("remove")

# A mode that acts by itself also says how accounts are created.
findings contains {"path": ["spec", "lifecycle", "create"], "message": message} if {
	apps.has_accounts
	apps.mode in {"manual", "vendor"}
	input.spec.lifecycle
	not input.spec.lifecycle.create
	message := sprintf("%s: the mode is `%s`, and nothing says who creates accounts (`create`)", [input.metadata.name, apps.mode])
}

_named_system := {"connector", "directory", "hr"}

_has_system(stage) if mechanisms.system(stage)

findings contains {"path": ["spec", "lifecycle", stage, "system"], "message": message} if {
	apps.has_accounts
	some stage, via in mechanisms.pushed
	via in _named_system
	not _has_system(stage)
	message := sprintf("%s: `%s` goes via `%s`, and nothing says which system that is", [input.metadata.name, stage, via])
}
