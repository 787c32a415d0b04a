package policies.lib.words_test

import data.policies.lib.words

_names := ["jit/no-update-owner", "jit/no-review-owner", "scim/no-update"]

test_a_typo_finds_its_word if {
	words.nearest("jit/no-update-ownr", _names) == "jit/no-update-owner"
	words.nearest("no-review-owner", _names) == "jit/no-review-owner"
	words.nearest("jit-update-owner", _names) == "jit/no-update-owner"
}

test_a_dissimilar_word_finds_nothing if {
	not words.nearest("colour", _names)
	not words.nearest("x", _names)
	not words.nearest("jit/no-update-owner", [])
}


test_a_word_is_compared_with_texts_of_the_same_beginning if {
	starts := {"ok": ["okta", "okra"], "team-": ["team-"], "team-p": ["team-payroll"], "o": ["o"]}
	words.alike("oktta", starts) == ["okta", "okra"]
	words.alike("team-payrol", starts) == ["team-", "team-payroll"]
	words.alike("team-qayroll", starts) == ["team-"]
	words.alike("o", starts) == ["o"]
	words.alike("", starts) == []
	words.alike("zoom", starts) == []
}
