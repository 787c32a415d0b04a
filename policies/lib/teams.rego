package policies.lib.teams

# Every place of an App, a System or a Waiver that names a team which answers for something: {path, team}.
named contains {"path": [block, "owner"], "team": team} if {
	some block in ["metadata", "spec"]
	input[block].owner
	team := input[block].owner
}

named contains {"path": ["spec", "lifecycle", stage, key], "team": team} if {
	some stage, how in input.spec.lifecycle
	some key in ["owner", "approver", "to", "escalateTo"]
	how[key]
	team := how[key]
}

named contains {"path": ["spec", list, at, key], "team": team} if {
	some list in ["roles", "breakGlass", "nonHuman", "thirdPartyGrants"]
	some at, item in input.spec[list]
	some key in ["owner", "approver", "sponsor"]
	item[key]
	team := item[key]
}

named contains {"path": ["spec", "localAccounts", "accounts", at, "owner"], "team": team} if {
	some at, account in input.spec.localAccounts.accounts
	account.owner
	team := account.owner
}

named contains {"path": ["spec", block, key], "team": team} if {
	some block in ["localAccounts", "retirement", "external"]
	some key in ["owner", "sponsor"]
	input.spec[block][key]
	team := input.spec[block][key]
}

named contains {"path": ["spec", "provisioning", block, "owner"], "team": team} if {
	some block in ["csv", "shared"]
	input.spec.provisioning[block].owner
	team := input.spec.provisioning[block].owner
}

named contains {"path": ["spec", "provisioning", block, "deleteGuard", "approver"], "team": team} if {
	some block in ["scim", "connector", "directory"]
	input.spec.provisioning[block].deleteGuard.approver
	team := input.spec.provisioning[block].deleteGuard.approver
}

named contains {"path": ["spec", "deleteGuard", "approver"], "team": team} if {
	input.spec.deleteGuard.approver
	team := input.spec.deleteGuard.approver
}
