# METADATA
# title: One team that owns too many apps
# description: When one name stands under most apps, it owns them on paper only. Nobody in that team knows who should have an account in the
#   fortieth of them.
# custom:
#   severity: warning
#   precision: medium
#   status: stable
#   since: 0.1.0
#   scope: catalogue
#   reads: [kind, metadata.name, metadata.owner, spec.status]
#   fix: Give the apps to the teams whose work depends on them, and leave the mechanism to the central team.
#   controls:
#     nist-800-53: [AC-5]
#     iso-27001: [A.5.3]
#   params:
#     percent:
#       type: integer
#       default: 50
#       description: Largest share of the apps that one owner may have
#       unit: percent
#       source: leaver
#     minApps:
#       type: integer
#       default: 10
#       description: Number of apps from which the share says anything
#       unit: count
#       source: leaver
package policies.owner.concentration

_params := data.leaver.params["owner/concentration"]

# [owner, place] of every app that is not retired, the apps of one owner side by side; an app without an owner counts as one of all.
_apps := sort([[object.get(declaration.metadata, "owner", ""), at] |
	some at, declaration in input.declarations
	declaration.kind == "App"
	not declaration.spec.status == "retired"
])

# Where the apps of the next owner begin.
_starts := [nth | some nth, [owner, _] in _apps; not _continues(_apps, nth, owner)]

_ends := array.concat(array.slice(_starts, 1, count(_starts)), [count(_apps)])

# The entry before is of the same name.
_continues(sorted, nth, name) if {
	nth > 0
	sorted[nth - 1][0] == name
}

_teams := sort([[declaration.metadata.name, at] | some at, declaration in input.declarations; declaration.kind == "Team"])

# Team → the place of its first declaration.
_place := {name: at | some nth, [name, at] in _teams; not _continues(_teams, nth, name)}

# The Team, or its first app where the team is not declared.
_where(owner, _) := [_place[owner], ["metadata", "name"]]

_where(owner, first) := [first, ["metadata", "owner"]] if not _place[owner]

findings contains {"declaration": at, "path": path, "message": message, "related": related} if {
	count(_apps) >= _params.minApps
	some nth, start in _starts
	owned := _ends[nth] - start
	percent := (owned * 100) / count(_apps)
	percent > _params.percent
	[owner, first] := _apps[start]
	owner != ""
	[at, path] := _where(owner, first)
	shown := array.slice(_apps, start, min([start + 3, _ends[nth]]))
	related := [{"declaration": app[1], "path": ["metadata", "owner"], "message": "one of them"} | some app in shown]
	message := sprintf("%s: owns %d of %d apps, limit is %d percent", [owner, owned, count(_apps), _params.percent])
}
