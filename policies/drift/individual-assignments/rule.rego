# METADATA
# title: Individual assignments beside groups
# description: A group membership follows a person's role, but an individual assignment stays when the role ends. Each individual assignment
#   is an exception that somebody must remember.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Move these people into a group, and remove their individual assignments.
#   controls:
#     nist-800-53: [AC-2f, AC-6]
#     soc2: [CC6.3/Reviews-Access-Roles-and-Rules]
#   params:
#     maxPeople:
#       type: integer
#       default: 0
#       minimum: 0
#       unit: count
#       description: Maximum number of individual assignments
#       source: a judgement
package policies.drift["individual-assignments"]

import data.policies.lib.observed

_max := data.leaver.params["drift/individual-assignments"].maxPeople

findings contains {"path": array.concat(path, ["appId"]), "message": message, "related": related} if {
	observed.compared
	some [path, _, observation] in observed.existing
	observation.spec.assigned.groups > 0
	people := observation.spec.assigned.individuals
	people > _max
	message := sprintf("%s: %s assigned individually %s, beside %s", [
		input.metadata.name, _people(people), observed.place(observation), _groups(observation.spec.assigned.groups),
	])
	related := [observed.related(observation, ["assigned", "individuals"], "observed here")]
}

_people(number) := "1 person is" if number == 1

_people(number) := sprintf("%d people are", [number]) if number != 1

_groups(number) := "1 group" if number == 1

_groups(number) := sprintf("%d groups", [number]) if number != 1
