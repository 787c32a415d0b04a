package policies.lib.teams

import data.policies.lib.references

# Keys that name a team, in a step and in an entry of a list.
_in_step := ["owner", "approver", "to", "escalateTo"]

_in_entry := ["owner", "approver", "sponsor"]

# {path, team} of every place in an App, a System or a Waiver that names an accountable team.
named contains {"path": [block, "owner"], "team": part.owner} if {
	some block, part in object.filter(input, ["metadata", "spec"])
	part.owner
}

named contains {"path": array.concat(path, [key]), "team": team} if {
	some [path, how] in references.steps
	some key, team in object.filter(how, _in_step)
}

named contains {"path": ["spec", list, at, key], "team": team} if {
	some list in ["roles", "breakGlass", "nonHuman", "thirdPartyGrants"]
	some at, item in input.spec[list]
	some key, team in object.filter(item, _in_entry)
}

named contains {"path": ["spec", "localAccounts", "accounts", at, "owner"], "team": account.owner} if {
	some at, account in input.spec.localAccounts.accounts
	account.owner
}

named contains {"path": ["spec", block, key], "team": team} if {
	some block in ["localAccounts", "retirement", "external", "secondAccounts"]
	some key, team in object.filter(input.spec[block], ["owner", "sponsor"])
}

named contains {"path": ["spec", "provisioning", block, "owner"], "team": part.owner} if {
	some block, part in object.filter(input.spec.provisioning, ["csv", "shared"])
	part.owner
}

named contains {"path": ["spec", "provisioning", block, "deleteGuard", "approver"], "team": part.deleteGuard.approver} if {
	some block, part in input.spec.provisioning
	part.deleteGuard.approver
}

named contains {"path": ["spec", "provisioning", block, "scope", "managedBy"], "team": part.scope.managedBy} if {
	some block, part in input.spec.provisioning
	part.scope.managedBy
}

named contains {"path": ["spec", "lifecycle", "deprovision", "signal", "owner"], "team": input.spec.lifecycle.deprovision.signal.owner} if {
	input.spec.lifecycle.deprovision.signal.owner
}

named contains {"path": ["spec", "migration", key], "team": team} if {
	some key, team in object.filter(object.get(input, ["spec", "migration"], {}), ["owner", "accountsBy", "credentialsBy"])
}

named contains {"path": ["spec", "runsAs", "owner"], "team": input.spec.runsAs.owner} if input.spec.runsAs.owner

named contains {"path": ["spec", "deleteGuard", "approver"], "team": input.spec.deleteGuard.approver} if {
	input.spec.deleteGuard.approver
}

# The names of all teams in `named`.
names := {place.team | some place in named}

# Paths that name a team.
places(team) := {place.path | some place in named; place.team == team}
