package policies.lib.placeholders_test

import data.policies.lib.placeholders

test_placeholders_are_found if {
	every text in [
		"TODO", "todo", "To do", "tbd", "TBD!", "?", "??", "n/a", "N/A", "na", "none", "None", "xxx", "XXXX", "-", "--", "...", "unknown", "@", " ",
		"pending", "Not yet", "not known yet", "later", "T.B.D.", "t.b.c", "need to check", "$OWNER", "%OWNER%", "__OWNER__", "N.N.", "unbekannt", "à définir", "Pendiente", "por definir", "<owner>",
		"< owner >", "FIXME", "fixme: ask", "TODO: ask Ada", "TBD (Ada)", "team-name", "Team Name", "TEAM_NAME", "changeme", "change me", "lorem", "Lorem ipsum dolor",
		"{{ owner }}", "${OWNER}", "[owner]", "todo@example.com", "#todo", "@tbd", "nobody", "Not applicable", "？", "null",
	] {
		placeholders.is(text)
	}
}

test_names_that_resemble_placeholders if {
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

# A word that is not in `_hint` or `_hints` would never be found.
test_every_word_matches_a_hint if {
	every word in placeholders._words {
		every text in [word, sprintf("\n(%s)\n", [upper(word)]), replace(word, "-", " "), replace(word, "-", "_"), sprintf("%s@example.com", [word])] {
			placeholders.is(text)
			count(placeholders.found) > 0 with input as {"metadata": {"name": "a"}, "spec": {"roles": [{"owner": text, "z": 1}]}}
		}
	}
}

test_words_in_other_places_match_a_hint if {
	every word in {"later", "n/a", "todo", "à-définir"} {
		every spec in [{"lifecycle": {"create": {"owner": word}}}, {"provisioning": {"jit": {"domains": ["a", word]}}}] {
			count(placeholders.found) > 0 with input as {"metadata": {"name": "a"}, "spec": spec}
		}
	}
}

test_placeholders_by_form if {
	every text in ["<the \"owner\">", "\t[owner]", "{{a}}", "${A}", "\u0001", "", "?", "tbd: ask", "\"todo\"", "「?」", "'xxxx'"] {
		count(placeholders.found) == 1 with input as {"spec": {"external": {"sponsor": text, "zone": "none"}}}
	}
}

test_values_and_keys_that_resemble_placeholders if {
	not placeholders._suspicious with input as {"metadata": {"name": "a", "owner": "it"}, "spec": {
		"localAccounts": {"checkedOn": "2026-01-01", "none": true, "unknown": "no"},
		"lifecycle": {"create": {"owner": "it", "via": "none"}},
	}}
}

# A key that is not in `_hints` would never be tested, neither with one text nor with several.
test_every_key_matches_a_hint if {
	every key in placeholders._keys {
		placeholders._suspicious with input as {"spec": {key: "todo"}}
		placeholders._suspicious with input as {"spec": {key: ["todo"]}}
	}
}
