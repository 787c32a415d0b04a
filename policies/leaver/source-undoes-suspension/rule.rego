# METADATA
# title: Suspension that the next import undoes
# description: In an emergency, a person is suspended only in the identity provider. The source of truth still lists the person as active, so the next
#   import reactivates the account, usually unnoticed. Vendors document this behaviour as expected. In the same way, a directory or list recreates
#   accounts that people deleted by hand. A mechanism that reactivates accounts and never suspends them undoes a suspension by hand. At tier 1, the
#   finding is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Deactivate the person in the source of truth at the same time and set `urgent.atSource: true` (or `signal.from` to the source, for
#     usual leavers). Or configure the import so that suspended people stay suspended, and set `reactivatesAtImport: false` in the System. If people
#     delete or suspend accounts that a mechanism brings back, add `disable` or `delete` to the `operations` of that mechanism, or set
#     `signal.from` to the source of truth."
#   controls:
#     nist-800-53: ["AC-2(13)", "PS-4a", "AC-2(3)"]
#     pci-dss: ["8.2.5"]
package policies.leaver["source-undoes-suspension"]

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.ways

_urgent := input.spec.lifecycle.deprovision.urgent

# The System in which the person is suspended, and the key that declares the System.
_suspending_system := [_urgent.system, "system"] if _urgent.system

# By default, the System that closes accounts.
_suspending_system := [system, "via"] if {
	not _urgent.system
	_urgent.via in (mechanisms.pushing | ways.by_hand)
	system := mechanisms.system("deprovision")
}

default _severity := "warning"

_severity := "error" if apps.tier == 1

findings contains {"path": ["spec", "lifecycle", "deprovision", "urgent", key], "message": message, "severity": _severity, "related": related} if {
	apps.alive
	some [system, key] in [_suspending_system]
	not _urgent.atSource == true
	data.leaver.catalogue.System[system].spec.reactivatesAtImport == true
	some source in [input.spec.sourceOfTruth]
	source != system
	message := sprintf("%s: in an emergency people are suspended only in %s, and the next import from %s reactivates their accounts", [
		input.metadata.name, system, source,
	])
	related := [{"kind": "System", "name": system, "path": ["spec", "reactivatesAtImport"], "message": "behaviour of an import"}]
}

# The suspension starts in the source of truth.
_started_at_source if input.spec.lifecycle.deprovision.signal.from == input.spec.sourceOfTruth

findings contains {"path": ["spec", "lifecycle", "deprovision", "system"], "message": message, "severity": _severity, "related": related} if {
	apps.alive
	input.spec.lifecycle.deprovision.via in ways.by_hand
	not _started_at_source
	some system in [input.spec.lifecycle.deprovision.system]
	data.leaver.catalogue.System[system].spec.reactivatesAtImport == true
	some source in [input.spec.sourceOfTruth]
	source != system
	message := sprintf("%s: people are suspended by hand in %s, and the next import from %s reactivates everyone who is still active in %s", [
		input.metadata.name, system, source, source,
	])
	related := [{"kind": "System", "name": system, "path": ["spec", "reactivatesAtImport"], "message": "behaviour of an import"}]
}

# Each run reads the whole list of people, and everyone on the list gets an account.
_from_lists := {"directory", "hr", "csv"}

_signalled_by_list(via) if input.spec.lifecycle.deprovision.signal.from == input.spec.provisioning[via].system

_closes(via) if {
	some operation in input.spec.provisioning[via].operations
	operation in {"disable", "delete"}
}

findings contains {"path": ["spec", "lifecycle", "deprovision", "via"], "message": message, "severity": _severity, "related": related} if {
	apps.alive
	input.spec.lifecycle.deprovision.effect == "delete"
	input.spec.lifecycle.deprovision.via in ways.by_hand
	via := mechanisms.creation
	via in _from_lists
	not _started_at_source
	not _signalled_by_list(via)
	# Without `operations`, it is unknown whether the mechanism closes accounts.
	input.spec.provisioning[via].operations
	not _closes(via)
	message := sprintf("%s: people delete accounts by hand, and the next run of `%s` recreates the account of everyone whom it still lists", [
		input.metadata.name, via,
	])
	related := [{"kind": "App", "name": input.metadata.name, "path": ["spec", "provisioning"], "message": "the mechanism that creates the accounts"}]
}

# The mechanism reactivates accounts and never suspends them, so its next run undoes a suspension by hand.
findings contains {"path": ["spec", "lifecycle", "deprovision", "via"], "message": message, "severity": _severity, "related": related} if {
	apps.alive
	input.spec.lifecycle.deprovision.effect == "suspend"
	input.spec.lifecycle.deprovision.via in ways.by_hand
	some via, block in object.filter(input.spec.provisioning, mechanisms.pushing | ways.unattended)
	"reactivate" in block.operations
	not _started_at_source
	not _signalled_by_list(via)
	not _closes(via)
	message := sprintf("%s: people suspend accounts by hand, and the next run of `%s` reactivates the account of everyone whom it still lists", [
		input.metadata.name, via,
	])
	related := [{"kind": "App", "name": input.metadata.name, "path": ["spec", "provisioning", via], "message": "the mechanism that reactivates the accounts"}]
}
