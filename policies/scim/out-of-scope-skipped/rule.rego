# METADATA
# title: Push that skips leavers
# description: A push recognises a leaver because the person is out of scope or has the soft-delete flag. If the push skips people out of
#   scope, or if the flag is not mapped, the push succeeds but closes no account.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Set out-of-scope handling to deprovision (Entra ID: clear *skip out of scope deletions*, map `isSoftDeleted` to `active`), and set
#     `outOfScope: deprovision` and `softDeleteMapped: true`. Without a push, close the account when a person goes out of scope, and set
#     `outOfScope: deprovision` in the stage."
#   controls:
#     nist-800-53: [PS-4a, "AC-2(3)(b)"]
package policies.scim["out-of-scope-skipped"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

# The mechanism that deprovisions or, if none is declared to do so, all mechanisms in use.
_ways contains input.spec.lifecycle.deprovision.via if input.spec.lifecycle.deprovision.via

_ways contains via if {
	some via in mechanisms.used
	not input.spec.lifecycle.deprovision.via
}

_declares_out_of_scope(via) if input.spec.provisioning[via].outOfScope != ""

# An app that cannot disable accounts has no flag to map, because its accounts are deleted at once.
_deletes_at_once if {
	input.spec.lifecycle.deprovision.effect == "delete"
	some system in mechanisms.systems("scim")
	data.leaver.catalogue.System[system].spec.deletesWithoutSoftDelete == true
}

findings contains {"path": ["spec", "provisioning", via, "outOfScope"], "message": message} if {
	apps.alive
	some via in _ways
	input.spec.provisioning[via].outOfScope == "skip"
	message := sprintf("%s: `%s` skips accounts that are out of scope, so leavers keep their accounts", [input.metadata.name, via])
}

findings contains {"path": ["spec", "provisioning", via, "outOfScope"], "message": message, "related": related} if {
	apps.alive
	some via in _ways
	via in mechanisms.pushing
	not _declares_out_of_scope(via)
	some system in mechanisms.systems(via)
	data.leaver.catalogue.System[system].spec.outOfScope == "skip"
	message := sprintf("%s: %s skips accounts that are out of scope, and the app does not declare `outOfScope`", [
		input.metadata.name, system,
	])
	related := [{"kind": "System", "name": system, "path": ["spec", "outOfScope"], "message": "default behaviour"}]
}

findings contains {"path": ["spec", "provisioning", via, "outOfScope"], "message": message, "severity": "warning", "related": related} if {
	apps.alive
	some via in _ways
	via in mechanisms.pushing
	not _declares_out_of_scope(via)
	some system in mechanisms.systems(via)
	data.leaver.catalogue.System[system].spec.skipsArchived == true
	message := sprintf("%s: %s skips archived people, and the app does not declare that they lose their accounts (`outOfScope`)", [
		input.metadata.name, system,
	])
	related := [{"kind": "System", "name": system, "path": ["spec", "skipsArchived"], "message": "skips archived people"}]
}

# The key of the stage applies to any mechanism.
findings contains {"path": ["spec", "lifecycle", "deprovision", "outOfScope"], "message": message} if {
	apps.alive
	input.spec.lifecycle.deprovision.outOfScope == "skip"
	message := sprintf("%s: accounts of people who go out of scope are not closed (`outOfScope: skip`), so movers keep them", [
		input.metadata.name,
	])
}

findings contains {"path": ["spec", "provisioning", "scim", "softDeleteMapped"], "message": message} if {
	apps.alive
	"scim" in _ways
	input.spec.provisioning.scim.softDeleteMapped == false
	not _deletes_at_once
	message := sprintf("%s: the soft-delete flag is not mapped, so a deactivation never reaches the app", [input.metadata.name])
}
