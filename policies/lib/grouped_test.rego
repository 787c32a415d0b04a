package policies.lib.grouped_test

import data.policies.lib.grouped

test_values_are_grouped_by_key if {
	grouped.by_key([["b", 1], ["a", 3], ["b", 0]]) == {"a": [3], "b": [0, 1]}
	grouped.by_key([]) == {}
}
