# METADATA
# title: Suspension that the next import undoes
# description: Somebody is suspended in the identity provider only, because it cannot wait. The source of truth still says that the person
#   works here, and the next import brings the account back, at night and unseen. The vendors call it expected. At tier 1 that is an
#   error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "End the person in the source of truth at the same time and declare `urgent.atSource: true` (or `signal.from` the source, for the
#     usual leaver), or have the import leave suspended people alone and declare `reactivatesAtImport: false` in the System."
#   controls:
#     nist-800-53: ["AC-2(13)", "PS-4a", "AC-2(3)"]
#     pci-dss: ["8.2.5"]
package policies.leaver["source-undoes-suspension"]

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.ways

_urgent := input.spec.lifecycle.deprovision.urgent

# [System in which the person is suspended, key that says so].
_acts := [_urgent.system, "system"] if _urgent.system

# Where nothing else is said, whoever acts does it in the System that closes accounts.
_acts := [system, "via"] if {
	not _urgent.system
	_urgent.via in (mechanisms.pushing | ways.by_hand)
	system := mechanisms.system("deprovision")
}

default _severity := "warning"

_severity := "error" if apps.tier == 1

findings contains {"path": ["spec", "lifecycle", "deprovision", "urgent", key], "message": message, "severity": _severity, "related": related} if {
	apps.alive
	some [system, key] in [_acts]
	not _urgent.atSource == true
	data.leaver.catalogue.System[system].spec.reactivatesAtImport == true
	some source in [input.spec.sourceOfTruth]
	source != system
	message := sprintf("%s: in an emergency people are suspended in %s only, and the next import from %s brings them back", [
		input.metadata.name, system, source,
	])
	related := [{"kind": "System", "name": system, "path": ["spec", "reactivatesAtImport"], "message": "what an import does"}]
}

# The source is where it starts.
_started_at_source if input.spec.lifecycle.deprovision.signal.from == input.spec.sourceOfTruth

findings contains {"path": ["spec", "lifecycle", "deprovision", "system"], "message": message, "severity": _severity, "related": related} if {
	apps.alive
	input.spec.lifecycle.deprovision.via in ways.by_hand
	not _started_at_source
	some system in [input.spec.lifecycle.deprovision.system]
	data.leaver.catalogue.System[system].spec.reactivatesAtImport == true
	some source in [input.spec.sourceOfTruth]
	source != system
	message := sprintf("%s: people are suspended by hand in %s, and the next import from %s enables everybody whom %s does not yet know to have left", [
		input.metadata.name, system, source, source,
	])
	related := [{"kind": "System", "name": system, "path": ["spec", "reactivatesAtImport"], "message": "what an import does"}]
}
