# METADATA
# title: Team that owns too many apps
# description: A team that owns most of the apps cannot know who should have an account in each of them.
# custom:
#   severity: warning
#   precision: medium
#   status: stable
#   since: 0.1.0
#   scope: catalogue
#   reads: [kind, metadata.name, metadata.owner, spec.status]
#   fix: Assign apps to the teams that use them, and leave only the provisioning mechanism to the central team.
#   controls:
#     nist-800-53: [AC-5]
#     iso-27001: [A.5.3]
#   params:
#     percent:
#       type: integer
#       default: 50
#       description: Maximum share of apps that one owner may have
#       unit: percent
#       source: a judgement
#     minApps:
#       type: integer
#       default: 10
#       description: Minimum number of apps for the check to apply
#       unit: count
#       source: a judgement
package policies.owner.concentration

_params := data.leaver.params["owner/concentration"]

# [owner, index] of every app that is not retired, sorted by owner. Apps without an owner count towards the total.
_apps := sort([[object.get(declaration.metadata, "owner", ""), at] |
	some at, declaration in input.declarations
	declaration.kind == "App"
	not declaration.spec.status == "retired"
])

# Indexes in `_apps` at which the apps of each owner begin.
_start_indexes := [nth | some nth, [owner, _] in _apps; not _has_same_name_as_previous(_apps, nth, owner)]

_end_indexes := array.concat(array.slice(_start_indexes, 1, count(_start_indexes)), [count(_apps)])

# The previous entry has the same name.
_has_same_name_as_previous(sorted, nth, name) if {
	nth > 0
	sorted[nth - 1][0] == name
}

_teams := sort([[declaration.metadata.name, at] | some at, declaration in input.declarations; declaration.kind == "Team"])

# The index of the first declaration of each Team.
_team_index := {name: at | some nth, [name, at] in _teams; not _has_same_name_as_previous(_teams, nth, name)}

# The Team, or the owner's first app if the team is not declared.
_finding_place(owner, _) := [_team_index[owner], ["metadata", "name"]]

_finding_place(owner, first) := [first, ["metadata", "owner"]] if not _team_index[owner]

findings contains {"declaration": at, "path": path, "message": message, "related": related} if {
	count(_apps) >= _params.minApps
	some nth, start in _start_indexes
	owned := _end_indexes[nth] - start
	percent := (owned * 100) / count(_apps)
	percent > _params.percent
	[owner, first] := _apps[start]
	owner != ""
	[at, path] := _finding_place(owner, first)
	shown := array.slice(_apps, start, min([start + 3, _end_indexes[nth]]))
	related := [{"declaration": app[1], "path": ["metadata", "owner"], "message": "one of its apps"} | some app in shown]
	message := sprintf("%s: the team owns %d of %d apps (limit %d percent)", [owner, owned, count(_apps), _params.percent])
}
