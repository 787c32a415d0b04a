# METADATA
# title: Operation that the system does not carry out
# description: A mechanism is declared to push groups or roles or to delete accounts, and the system behind it never does. What depends on it, such
#   as a right that goes with a group, does not happen.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Take the operation out of `operations` and name in the stage what really does it; if the system has learned it since, declare that
#     in the System.
#   controls:
#     nist-800-53: [AC-2f, PS-5c]
package policies.scim["operation-not-pushed"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

# Operation → fact of the System that denies it.
_facts := {"groups": "pushesGroups", "entitlements": "pushesEntitlements", "delete": "deletes", "create": "pushes", "update": "pushes", "disable": "pushes"}

# `scim/nothing-pushed` and `scim/delete-never-sent` say it where a stage goes by it.
_told("pushes") if count(mechanisms.pushed) > 0

_told("deletes") if input.spec.lifecycle.remove.via in mechanisms.pushing

findings contains {"path": ["spec", "provisioning", via, "operations", nth], "message": message, "related": related} if {
	apps.alive
	some via in mechanisms.used
	some nth, operation in input.spec.provisioning[via].operations
	fact := _facts[operation]
	not _told(fact)
	some system in mechanisms.systems(via)
	data.leaver.catalogue.System[system].spec[fact] == false
	message := sprintf("%s: `%s` is declared to do `%s`, but %s does not", [input.metadata.name, via, operation, system])
	related := [{"kind": "System", "name": system, "path": ["spec", fact], "message": "it does not"}]
}
