package policies.lib.placeholders_test

import data.policies.lib.placeholders

test_what_answers_nothing if {
	every text in [
		"TODO", "todo", "To do", "tbd", "TBD!", "?", "??", "n/a", "N/A", "na", "none", "None", "xxx", "XXXX", "-", "--", "...", "unknown", "@", " ", "<owner>",
		"< owner >", "FIXME", "fixme: ask", "TODO: ask Ada", "TBD (Ada)", "team-name", "Team Name", "TEAM_NAME", "changeme", "change me", "lorem", "Lorem ipsum dolor",
		"{{ owner }}", "${OWNER}", "[owner]", "todo@example.com", "#todo", "@tbd", "nobody", "Not applicable", "？", "null",
	] {
		placeholders.is(text)
	}
}

test_names_that_only_look_like_it if {
	every text in [
		"it-apps", "todoist", "tbd-bank", "xxl", "nona", "Namely", "unknown-owners-task-force", "#it-apps", "ada@example.com", "+1 555 0100", "vault://kv/none", "MSA-2024-31 §9",
		"https://example.com/todo", "北京", "7shifts", "none-of-your-business", "teamname-services",
	] {
		not placeholders.is(text)
	}
}

test_every_key_of_a_declaration if {
	places := {place.path | some place in placeholders.found} with input as {"metadata": {"owner": "TODO", "title": "TODO"}, "spec": {
		"provisioning": {"mode": "none", "jit": {"groups": ["crm", "tbd", "Everyone"], "defaultRole": "none"}},
		"lifecycle": {"review": {"owner": "?", "via": "none"}},
	}}
	places == {["metadata", "owner"], ["spec", "provisioning", "jit", "groups", 1], ["spec", "lifecycle", "review", "owner"]}
}
