# METADATA
# title: Owner that is no team
# description: A stage that is owned by a name which no Team declares is owned by nobody. Teams are renamed and dissolved, and their duties
#   stay behind in the declarations.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: [App, System]
#   fix: Name a declared Team (`metadata.name`), or declare the missing one. A dissolved Team names its `successor`.
#   controls:
#     nist-800-53: [AC-2b]
#     iso-27001: [A.5.2]
#     nist-csf: [GV.RR-02]
package policies.catalogue["unknown-owner"]

# Every place that names a team: {path, team}.
_named contains {"path": ["metadata", "owner"], "team": team} if team := input.metadata.owner

_named contains {"path": ["spec", "lifecycle", stage, key], "team": team} if {
	some stage, how in input.spec.lifecycle
	some key in ["owner", "approver", "to", "escalateTo"]
	team := how[key]
}

_named contains {"path": ["spec", list, at, key], "team": team} if {
	some list in ["roles", "breakGlass", "nonHuman", "thirdPartyGrants"]
	some at, item in input.spec[list]
	some key in ["owner", "approver", "sponsor"]
	team := item[key]
}

_named contains {"path": ["spec", "localAccounts", "accounts", at, "owner"], "team": team} if {
	some at, account in input.spec.localAccounts.accounts
	team := account.owner
}

_named contains {"path": ["spec", block, key], "team": team} if {
	some block in ["localAccounts", "retirement", "external"]
	some key in ["owner", "sponsor"]
	team := input.spec[block][key]
}

_named contains {"path": ["spec", "provisioning", block, "owner"], "team": team} if {
	some block in ["csv", "shared"]
	team := input.spec.provisioning[block].owner
}

_named contains {"path": ["spec", "provisioning", block, "deleteGuard", "approver"], "team": team} if {
	some block in ["scim", "connector", "directory"]
	team := input.spec.provisioning[block].deleteGuard.approver
}

_named contains {"path": ["spec", "deleteGuard", "approver"], "team": team} if team := input.spec.deleteGuard.approver

# An address is a person: `owner/person-not-team` says so.
_teams contains place.team if {
	some place in _named
	not contains(place.team, "@")
}

_paths(team) := {place.path | some place in _named; place.team == team}

findings contains {"path": min(paths), "message": message, "related": _others(paths)} if {
	some team in _teams
	not data.leaver.catalogue.Team[team]
	paths := _paths(team)
	message := sprintf("%s: `%s` is no declared Team (%s)", [input.metadata.name, team, _places(paths)])
}

findings contains {"path": min(paths), "message": message, "related": related} if {
	some team in _teams
	data.leaver.catalogue.Team[team].spec.status == "dissolved"
	paths := _paths(team)
	related := array.concat(
		[{"kind": "Team", "name": team, "path": ["spec", "status"], "message": "the team is dissolved"}],
		_others(paths),
	)
	message := sprintf("%s: the team `%s` is dissolved (%s)", [input.metadata.name, team, _places(paths)])
}

_others(paths) := [other |
	some path in paths
	path != min(paths)
	other := {"kind": input.kind, "name": input.metadata.name, "path": path, "message": "named here too"}
]

_places(paths) := "named in 1 place" if count(paths) == 1

_places(paths) := sprintf("named in %d places", [count(paths)]) if count(paths) > 1
