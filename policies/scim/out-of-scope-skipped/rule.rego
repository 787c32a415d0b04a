# METADATA
# title: Offboarding that is switched off
# description: A provisioning job sees a leaver as somebody who is no longer in its scope, or whose soft-delete flag is set. If it skips
#   those, or the flag is not mapped, the job runs, all is green, and nobody is ever deprovisioned.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Set out-of-scope handling to deprovision (Entra ID: clear *skip out of scope deletions*, map `isSoftDeleted` to `active`), and
#     declare `outOfScope: deprovision` and `softDeleteMapped: true`. Where no job does it, let whoever takes a person out of the scope close
#     the account as well, and declare `outOfScope: deprovision` in the stage."
#   controls:
#     nist-800-53: [PS-4a, "AC-2(3)(b)"]
package policies.scim["out-of-scope-skipped"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

# The way that deprovisions, or any that is in use where nothing is said about that.
_ways contains input.spec.lifecycle.deprovision.via if input.spec.lifecycle.deprovision.via

_ways contains via if {
	some via in mechanisms.used
	not input.spec.lifecycle.deprovision.via
}

_said(via) if input.spec.provisioning[via].outOfScope != ""

# An app that cannot disable accounts has no flag to map; its accounts are deleted at once.
_deletes_at_once if {
	input.spec.lifecycle.deprovision.effect == "delete"
	some system in mechanisms.systems("scim")
	data.leaver.catalogue.System[system].spec.deletesWithoutSoftDelete == true
}

findings contains {"path": ["spec", "provisioning", via, "outOfScope"], "message": message} if {
	apps.alive
	some via in _ways
	input.spec.provisioning[via].outOfScope == "skip"
	message := sprintf("%s: `%s` leaves accounts alone that are no longer in scope, so leavers keep theirs", [input.metadata.name, via])
}

findings contains {"path": ["spec", "provisioning", via, "outOfScope"], "message": message, "related": related} if {
	apps.alive
	some via in _ways
	via in mechanisms.pushing
	not _said(via)
	some system in mechanisms.systems(via)
	data.leaver.catalogue.System[system].spec.outOfScope == "skip"
	message := sprintf("%s: %s leaves accounts alone that are no longer in scope, and nothing says that it is otherwise here", [
		input.metadata.name, system,
	])
	related := [{"kind": "System", "name": system, "path": ["spec", "outOfScope"], "message": "what it does unless told otherwise"}]
}

findings contains {"path": ["spec", "provisioning", via, "outOfScope"], "message": message, "severity": "warning", "related": related} if {
	apps.alive
	some via in _ways
	via in mechanisms.pushing
	not _said(via)
	some system in mechanisms.systems(via)
	data.leaver.catalogue.System[system].spec.skipsArchived == true
	message := sprintf("%s: %s skips people who are archived, and nothing says that they lose their accounts here", [
		input.metadata.name, system,
	])
	related := [{"kind": "System", "name": system, "path": ["spec", "skipsArchived"], "message": "archived people are skipped"}]
}

# The stage itself says so, by whatever way it goes.
findings contains {"path": ["spec", "lifecycle", "deprovision", "outOfScope"], "message": message} if {
	apps.alive
	input.spec.lifecycle.deprovision.outOfScope == "skip"
	message := sprintf("%s: nobody closes the account of a person who is no longer in scope, so whoever changes jobs keeps it", [
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
