# METADATA
# title: Waiver approved by its own beneficiary
# description: A waiver needs an independent approval. The approver of this waiver is the owner of the app, a member of the owning team, or the team
#   that has to fix the finding.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: catalogue
#   reads: [kind, metadata.name, metadata.owner, metadata.labels, metadata.vendor, spec.apps, spec.labels, spec.pattern, spec.vendor, spec.approver, spec.owner]
#   fix: Have the waiver approved by a team or person outside the owning team, and name them in `spec.approver`.
#   controls:
#     nist-800-53: [CA-5]
#     iso-27001: [A.5.36, A.8.32]
#     pci-dss: [Appendix-B]
package policies.waiver["approver-is-owner"]

import data.policies.lib.waivers

# [name, index] and [owner, index] of all apps, sorted.
_names := sort([[declaration.metadata.name, at] | some at, declaration in input.declarations; declaration.kind == "App"])

_owners := sort([[owner, at] |
	some at, declaration in input.declarations
	declaration.kind == "App"
	owner := declaration.metadata.owner
])

# The index of each app by name; the later index if two apps have the same name.
_app_index := {name: at | some nth, [name, at] in _names; not _has_name(_names, nth + 1, name)}

# The first and the last position of each owner in `_owners`.
_first := {owner: nth | some nth, [owner, _] in _owners; not _has_name(_owners, nth - 1, owner)}

_last := {owner: nth | some nth, [owner, _] in _owners; not _has_name(_owners, nth + 1, owner)}

_has_name(sorted, nth, name) if {
	nth >= 0
	sorted[nth][0] == name
}

# Indexes of the apps that the waiver covers and that its approver owns. If the waiver names no apps, the search starts from the apps of the approver.
_approver_owned(waiver) := {nth |
	some name in waiver.spec.apps
	some nth in [_app_index[name]]
	waivers.selects(waiver, input.declarations[nth])
	_is_or_belongs_to(waiver.spec.approver, input.declarations[nth].metadata.owner)
} if not waivers.is_open(waiver)

_approver_owned(waiver) := {nth |
	some owner in _owned_by(waiver.spec.approver)
	some [_, nth] in array.slice(_owners, _first[owner], _last[owner] + 1)
	waivers.selects(waiver, input.declarations[nth])
} if waivers.is_open(waiver)

# The approver, and the teams of which the approver is a member.
_owned_by(approver) := {approver} | {team | some team in data.leaver.lookup.Team.members[approver].names}

_is_or_belongs_to(approver, owner) if approver == owner

_is_or_belongs_to(approver, owner) if data.leaver.lookup.Team.members[approver].at[owner]

findings contains {"declaration": at, "path": ["spec", "approver"], "message": message, "related": related} if {
	some at, waiver in input.declarations
	waiver.kind == "Waiver"
	apps := _approver_owned(waiver)
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
	waiver.spec.approver
	waiver.spec.owner
	_is_or_belongs_to(waiver.spec.approver, waiver.spec.owner)
	count(_approver_owned(waiver)) == 0
	related := _membership(waiver.spec.approver, waiver.spec.owner)
	message := sprintf("%s: the approver `%s` also has to fix the finding", [waiver.metadata.name, waiver.spec.approver])
}

# Places that show that a person is a member of a team.
_membership(person, team) := [{"kind": "Team", "name": team, "path": ["spec", "members", nth], "message": "a member of the team"} |
	some nth in data.leaver.lookup.Team.members[person].at[team]
]
