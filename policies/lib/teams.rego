package policies.lib.teams

# Every place of an App, a System or a Waiver that names a team which answers for something: {path, team}.
named contains {"path": [block, "owner"], "team": team} if {
	some block in ["metadata", "spec"]
	some key, team in input[block]
	key == "owner"
}

named contains {"path": ["spec", "lifecycle", stage, key], "team": team} if {
	some stage, how in input.spec.lifecycle
	some key, team in how
	key in {"owner", "approver", "to", "escalateTo"}
}

named contains {"path": ["spec", list, at, key], "team": team} if {
	some list in ["roles", "breakGlass", "nonHuman", "thirdPartyGrants"]
	some at, item in input.spec[list]
	some key, team in item
	key in {"owner", "approver", "sponsor"}
}

named contains {"path": ["spec", "localAccounts", "accounts", at, "owner"], "team": team} if {
	some at, account in input.spec.localAccounts.accounts
	account.owner
	team := account.owner
}

named contains {"path": ["spec", block, key], "team": team} if {
	some block in ["localAccounts", "retirement", "external"]
	some key, team in input.spec[block]
	key in {"owner", "sponsor"}
}

named contains {"path": ["spec", "provisioning", block, "owner"], "team": team} if {
	some block in ["csv", "shared"]
	some key, team in input.spec.provisioning[block]
	key == "owner"
}

named contains {"path": ["spec", "provisioning", block, "deleteGuard", "approver"], "team": team} if {
	some block in ["scim", "connector", "directory"]
	some key, team in input.spec.provisioning[block].deleteGuard
	key == "approver"
}

named contains {"path": ["spec", "deleteGuard", "approver"], "team": team} if {
	some key, team in input.spec.deleteGuard
	key == "approver"
}
