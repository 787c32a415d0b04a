# METADATA
# title: Waiver that is approved by those it excuses
# description: An exception is worth something because somebody else looked at it. Here the owner of the app, a member of the owning team or
#   whoever has to fix the finding has approved it.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: catalogue
#   reads: [kind, metadata.name, metadata.owner, metadata.labels, metadata.vendor, spec.apps, spec.labels, spec.vendor, spec.approver, spec.owner]
#   fix: Have the waiver approved by a team or person outside the owning team, and name them in `spec.approver`.
#   controls:
#     nist-800-53: [CA-5]
#     iso-27001: [A.5.36, A.8.32]
#     pci-dss: [Appendix-B]
package policies.waiver["approver-is-owner"]

import data.policies.lib.waivers

# Apps that waivers name, with their place.
_named := {name |
	some waiver in input.declarations
	waiver.kind == "Waiver"
	some name in waiver.spec.apps
}

_place := object.union_n([{declaration.metadata.name: at} |
	some at, declaration in input.declarations
	declaration.kind == "App"
	declaration.metadata.name in _named
])

# The apps that a waiver is for, by place. Only one that names none has to look at every app.
_apps(waiver) := {nth |
	some name in waiver.spec.apps
	some nth in [_place[name]]
	waivers.selects(waiver, input.declarations[nth])
} if not waivers.is_open(waiver)

_apps(waiver) := {nth | some nth, app in input.declarations; waivers.selects(waiver, app)} if waivers.is_open(waiver)

_is(approver, owner) if approver == owner

_is(approver, owner) if {
	some nth
	data.leaver.catalogue.Team[owner].spec.members[nth] == approver
}

# [waiver, app], by place: the apps whose owner has approved.
_own contains [at, nth] if {
	some at, waiver in input.declarations
	waiver.kind == "Waiver"
	waiver.spec.approver
	some nth in _apps(waiver)
	input.declarations[nth].metadata.owner
	_is(waiver.spec.approver, input.declarations[nth].metadata.owner)
}

findings contains {"declaration": at, "path": ["spec", "approver"], "message": message, "related": related} if {
	some at, waiver in input.declarations
	apps := {nth | some [place, nth] in _own; place == at}
	count(apps) > 0
	owners := {input.declarations[nth].metadata.owner | some nth in apps}
	related := array.concat(
		[{"declaration": nth, "path": ["metadata", "owner"], "message": "the owner of the app"} | some nth in apps],
		[place | some owner in owners; some place in _membership(waiver.spec.approver, owner)],
	)
	names := concat(", ", [input.declarations[nth].metadata.name | some nth in apps])
	message := sprintf("%s: the approver `%s` owns %s", [waiver.metadata.name, waiver.spec.approver, names])
}

findings contains {"declaration": at, "path": ["spec", "approver"], "message": message, "related": related} if {
	some at, waiver in input.declarations
	waiver.kind == "Waiver"
	count([nth | some [place, nth] in _own; place == at]) == 0
	waiver.spec.approver
	waiver.spec.owner
	_is(waiver.spec.approver, waiver.spec.owner)
	related := _membership(waiver.spec.approver, waiver.spec.owner)
	message := sprintf("%s: the approver `%s` also has to fix the finding", [waiver.metadata.name, waiver.spec.approver])
}

# Where it says that a person belongs to a team.
_membership(person, team) := [{"kind": "Team", "name": team, "path": ["spec", "members", nth], "message": "a member of the team"} |
	some nth, member in data.leaver.catalogue.Team[team].spec.members
	member == person
]
