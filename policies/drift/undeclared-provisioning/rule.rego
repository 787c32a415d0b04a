# METADATA
# title: Undeclared provisioning
# description: A system creates, changes or closes accounts in the app, but the app declares another mechanism. Nobody watches this
#   provisioning, and the declared stages work against it.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `spec.provisioning` and the `via` of the stages to the mechanism in use, or switch provisioning off in the system.
#   controls:
#     nist-800-53: [AC-2f, AC-2(1), CM-3f]
#     iso-27001: [A.5.18]
package policies.drift["undeclared-provisioning"]

import data.policies.lib.apps
import data.policies.lib.observed

# The export names the operations, and none of them changes accounts.
_changes_no_accounts(provisioning) if {
	provisioning.operations
	count([operation |
		some operation in ["create", "update", "disable"]
		object.get(provisioning.operations, operation, true) == true
	]) == 0
	object.get(provisioning.operations, "delete", false) == false
}

findings contains {"path": ["spec", "provisioning", "mode"], "message": message, "related": related} if {
	apps.in_use
	apps.mode != ""
	some observation in observed.present
	provisioning := observation.spec.provisioning
	provisioning.enabled == true
	provisioning.mechanism in {"scim", "connector"}
	not _changes_no_accounts(provisioning)
	count(observed.mechanisms_of(observation.spec.system)) == 0
	message := sprintf("%s: provisioning by `%s` is on %s, but the declaration does not mention it", [
		input.metadata.name, provisioning.mechanism, observed.place(observation),
	])
	related := [observed.related(observation, ["provisioning", "enabled"], "observed here")]
}
