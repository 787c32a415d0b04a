# METADATA
# title: System that uses a personal token
# description: A System that signs in with a personal token stops working on the day the owner of the token leaves. Until then, changes by the System
#   are logged as changes by this person, and the System has all rights of this person.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Create a service account, an OAuth client or a workload identity for the System, set its `runsAs` to it, and revoke the personal
#     token.
#   controls:
#     nist-800-53: ["IA-4", "IA-9", "IA-5"]
#     cis-v8: ["5.5"]
#     owasp-nhi: ["NHI1", "NHI10"]
package policies.mechanism["personal-credential"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

_stages_of(system) := {stage |
	some stage, how in input.spec.lifecycle
	how.via in {"script", "automation", "csv", "connector", "scim", "directory", "hr"}
	mechanisms.system(stage) == system
}

_systems contains system if {
	some stage, _ in input.spec.lifecycle
	some system in [mechanisms.system(stage)]
	_key(system)
	not data.leaver.catalogue.System[system].spec.kind == "automation"
}

# The key of `runsAs` that shows that the credential belongs to a person.
_key(system) := "boundTo" if data.leaver.catalogue.System[system].spec.runsAs.boundTo == "person"

_key(system) := "kind" if {
	data.leaver.catalogue.System[system].spec.runsAs.kind == "personal-token"
	not data.leaver.catalogue.System[system].spec.runsAs.boundTo
}

findings contains {"path": ["spec", "lifecycle", min(stages), "via"], "message": message, "related": related} if {
	apps.alive
	some system in _systems
	some stages in [_stages_of(system)]
	count(stages) > 0
	message := sprintf("%s: %s signs in with a personal token, and performs `%s` only until the owner of the token leaves", [
		input.metadata.name, system, concat("`, `", sort(stages)),
	])
	related := [{"kind": "System", "name": system, "path": ["spec", "runsAs", _key(system)], "message": "a personal token"}]
}
