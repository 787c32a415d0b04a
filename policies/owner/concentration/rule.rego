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

# [place, owner] of every app that is not retired; an app without an owner counts as one of all.
_apps := [[at, object.get(declaration.metadata, "owner", "")] |
	some at, declaration in input.declarations
	declaration.kind == "App"
	not declaration.spec.status == "retired"
]

_owners := {owner | some [_, owner] in _apps; owner != ""}

# The Team, or its first app where the team is not declared.
_places(owner) := [[at, ["metadata", "name"]] |
	some at, declaration in input.declarations
	declaration.kind == "Team"
	declaration.metadata.name == owner
]

findings contains {"declaration": at, "path": path, "message": message, "related": related} if {
	count(_apps) >= _params.minApps
	some owner in _owners
	owned := [nth | some [nth, name] in _apps; name == owner]
	percent := (count(owned) * 100) / count(_apps)
	percent > _params.percent
	[at, path] := array.concat(_places(owner), [[owned[0], ["metadata", "owner"]]])[0]
	related := [{"declaration": nth, "path": ["metadata", "owner"], "message": "one of them"} | some nth in array.slice(owned, 0, 3)]
	message := sprintf("%s: owns %d of %d apps, limit is %d percent", [owner, count(owned), count(_apps), _params.percent])
}
