# METADATA
# title: Operation that the system does not perform
# description: A mechanism is declared to push groups or roles, or to update or delete accounts, but its system never does so. For example,
#   rights that depend on a pushed group are never granted.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Remove the operation from `operations` and set the stage to the mechanism that performs it. If the system now supports the operation,
#     declare that in the System.
#   controls:
#     nist-800-53: [AC-2f, PS-5c]
package policies.scim["operation-not-pushed"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

# For each operation, the facts of the System. If one of these facts is `false`, the System does not perform the operation.
_facts := {
	"groups": ["pushesGroups"],
	"entitlements": ["pushesEntitlements"],
	"delete": ["deletes"],
	"create": ["pushes"],
	"update": ["pushes", "updates"],
	"disable": ["pushes"],
}

# If a stage needs an operation that the System does not perform, `scim/nothing-pushed`, `scim/delete-never-sent` or the finding on `update` below
# reports the stage.
_reported_elsewhere("pushes") if count(mechanisms.pushed) > 0

_reported_elsewhere("deletes") if input.spec.lifecycle.remove.via in mechanisms.pushing

_reported_elsewhere("updates") if mechanisms.pushed.update

findings contains {"path": ["spec", "provisioning", via, "operations", nth], "message": message, "related": related} if {
	apps.alive
	some via in mechanisms.used
	some nth, operation in input.spec.provisioning[via].operations
	some fact in _facts[operation]
	not _reported_elsewhere(fact)
	some system in mechanisms.systems(via)
	data.leaver.catalogue.System[system].spec[fact] == false
	message := sprintf("%s: the operations of `%s` contain `%s`, but %s does not perform it", [input.metadata.name, via, operation, system])
	related := [{"kind": "System", "name": system, "path": ["spec", fact], "message": "does not perform it"}]
}

findings contains {"path": ["spec", "lifecycle", "update", "via"], "message": message, "related": related} if {
	apps.alive
	via := mechanisms.pushed.update
	some system in [mechanisms.system("update")]
	data.leaver.catalogue.System[system].spec.updates == false
	message := sprintf("%s: `update` has `via: %s`, but %s never updates an account", [input.metadata.name, via, system])
	related := [{"kind": "System", "name": system, "path": ["spec", "updates"], "message": "updates no accounts"}]
}
