package policies.lib.grouped_test

import data.policies.lib.grouped

test_the_values_of_a_key_are_together if {
	grouped.by_key([["b", 1], ["a", 3], ["b", 0]]) == {"a": [3], "b": [0, 1]}
	grouped.by_key([]) == {}
}
