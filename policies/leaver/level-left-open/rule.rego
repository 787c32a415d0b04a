# METADATA
# title: Product level that deprovisioning does not reach
# description: A person can be a member of an enterprise, of its organisations and of workspaces. A push that removes a user from the
#   organisation does not end the enterprise seat or the workspace memberships. At tier 1 and 2, the finding is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Let deprovisioning end the access at every level and list the levels in `spec.lifecycle.deprovision.reaches`, or add a job or a ticket for
#     the remaining levels first.
#   controls:
#     nist-800-53: ["AC-2f", "PS-4a", "AC-2i"]
#     soc2: ["CC6.3/Removes-Access-to-Protected-Information-Assets"]
package policies.leaver["level-left-open"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

# The declared levels, and the levels of the roles.
_levels contains level if some level in input.spec.levels

_levels contains role.level if {
	some role in input.spec.roles
	role.level
}

_reached := {level | some level in input.spec.lifecycle.deprovision.reaches}

_declares_reach if input.spec.lifecycle.deprovision.reaches

default _severity := "warning"

_severity := "error" if apps.tier <= 2

findings contains {"path": ["spec", "lifecycle", "deprovision", "reaches"], "message": message, "severity": _severity} if {
	apps.alive
	mechanisms.done("deprovision")
	count(_levels) > 1
	not _declares_reach
	message := sprintf("%s: people have access at the levels `%s`, but `deprovision` does not declare which of them it `reaches`", [
		input.metadata.name, concat("`, `", sort(_levels)),
	])
}

findings contains {"path": ["spec", "lifecycle", "deprovision", "reaches"], "message": message, "severity": _severity, "related": related} if {
	apps.alive
	mechanisms.done("deprovision")
	_declares_reach
	open := _levels - _reached
	count(open) > 0
	message := sprintf("%s: deprovisioning does not end access at the level `%s`", [input.metadata.name, concat("` and `", sort(open))])
	related := [{"kind": "App", "name": input.metadata.name, "path": ["spec", "roles", at, "level"], "message": "a role at this level"} |
		some at, role in input.spec.roles
		role.level in open
	]
}
