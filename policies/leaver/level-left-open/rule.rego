# METADATA
# title: Level of the product that stays open
# description: In products with an enterprise, organisations and workspaces a person can be a member of each. A push that takes somebody
#   out of the organisation leaves the enterprise, with its seat and its rights, and the workspace to which somebody invited the person.
#   At tier 1 and 2 that is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Let the deprovisioning end the access at every level and declare them in `spec.lifecycle.deprovision.reaches`, or let a job or a
#     ticket close the rest before it is declared.
#   controls:
#     nist-800-53: ["AC-2f", "PS-4a", "AC-2i"]
#     soc2: ["CC6.3/Removes-Access-to-Protected-Information-Assets"]
package policies.leaver["level-left-open"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

# Levels at which people are: those that are declared, and those of the roles.
_levels contains level if some level in input.spec.levels

_levels contains role.level if {
	some role in input.spec.roles
	role.level
}

_reached := {level | some level in input.spec.lifecycle.deprovision.reaches}

_says if input.spec.lifecycle.deprovision.reaches

default _severity := "warning"

_severity := "error" if apps.tier <= 2

findings contains {"path": ["spec", "lifecycle", "deprovision", "reaches"], "message": message, "severity": _severity} if {
	apps.alive
	mechanisms.done("deprovision")
	count(_levels) > 1
	not _says
	message := sprintf("%s: people have access at the levels `%s`, and nothing says at which of them deprovisioning ends it", [
		input.metadata.name, concat("`, `", sort(_levels)),
	])
}

findings contains {"path": ["spec", "lifecycle", "deprovision", "reaches"], "message": message, "severity": _severity, "related": related} if {
	apps.alive
	mechanisms.done("deprovision")
	_says
	open := _levels - _reached
	count(open) > 0
	message := sprintf("%s: deprovisioning leaves the access at the level `%s` open", [input.metadata.name, concat("` and `", sort(open))])
	related := [{"kind": "App", "name": input.metadata.name, "path": ["spec", "roles", at, "level"], "message": "a role at this level"} |
		some at, role in input.spec.roles
		role.level in open
	]
}
