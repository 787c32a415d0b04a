package policies.lib.members_test

import data.policies.lib.members

_team(spec) := {"apiVersion": "leaver/v1", "kind": "Team", "spec": spec}

_empty(teams) := {team |
	some team, _ in teams
	members.empty(team) with data.leaver.catalogue.Team as teams
}

test_teams_without_people_are_empty if {
	_empty({"a": _team({})}) == {"a"}
	_empty({"a": _team({"members": []})}) == {"a"}
	_empty({"a": _team({"members": ["", "  ", "\t", "-", "\u200b\u200d"]})}) == {"a"}
	_empty({"a": _team({"status": "dissolved", "members": ["ada"]})}) == {"a"}
}

test_teams_with_a_person_are_not_empty if {
	_empty({"a": _team({"members": ["ada"]})}) == set()
	_empty({"a": _team({"members": [" ", "łukasz"]})}) == set()
	_empty({"a": _team({"members": ["王芳"]})}) == set()
	_empty({"a": _team({"status": "active", "members": ["7"]})}) == set()
}

test_nested_teams if {
	_empty({"a": _team({"members": ["b"]}), "b": _team({"members": ["c"]}), "c": _team({"members": ["ada"]})}) == set()
	_empty({"a": _team({"members": ["b"]}), "b": _team({"members": ["a"]})}) == {"a", "b"}
	_empty({"a": _team({"members": ["a"]})}) == {"a"}
	_empty({"a": _team({"members": ["b"]}), "b": _team({"members": []})}) == {"a", "b"}
	_empty({"a": _team({"members": ["b"]}), "b": _team({"status": "dissolved", "members": ["ada"]})}) == {"a", "b"}
	_empty({"a": _team({"members": ["b", "ada"]}), "b": _team({"members": []})}) == {"b"}
}

_chain(last) := object.union({sprintf("t%d", [at]): _team({"members": [sprintf("t%d", [at + 1])]}) | some at in numbers.range(0, 4)}, {"t5": _team(last)})

test_deeply_nested_teams if {
	count(_empty(_chain({"members": ["ada"]}))) == 0
	count(_empty(_chain({"members": []}))) == 6
}

test_an_invalid_team_is_not_empty if {
	_empty({"a": {"kind": "Team", "metadata": {"name": "a"}, "spec": {}}}) == set()
}

test_the_successor_of_a_dissolved_team_is_named if {
	members.successor_in_words("old") == ", its successor is `new`" with data.leaver.catalogue.Team as {"old": {"spec": {"successor": "new"}}}
	members.successor_in_words("old") == ", and no successor is declared" with data.leaver.catalogue.Team as {"old": {"spec": {}}}
}
