package policies.lib.grouped

# Turns a list of [key, value] into a mapping of each key to its values. A comprehension for each key would read the whole list each time.
by_key(pairs) := {key: values |
	sorted := sort(pairs)
	starts := [nth | some nth, pair in sorted; not _same_key(sorted, nth - 1, pair[0])]
	ends := array.concat(array.slice(starts, 1, count(starts)), [count(sorted)])
	some nth, start in starts
	key := sorted[start][0]
	values := [pair[1] | some pair in array.slice(sorted, start, ends[nth])]
}

_same_key(sorted, nth, key) if {
	nth >= 0
	sorted[nth][0] == key
}
