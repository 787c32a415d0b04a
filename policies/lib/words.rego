package policies.lib.words

# A word in pieces of three letters. What two words share of them says how near they are, whatever was left out or swapped.
_pieces(word) := {substring(word, at, 3) |
	some at in numbers.range(0, max([0, count(word) - 3]))
}

_likeness(one, other) := (200 * count(one & other)) / (count(one) + count(other))

# The one of `names` that `word` was most likely meant to be; undefined where none is like it.
nearest(word, names) := found[1] if {
	pieces := _pieces(word)
	found := max([[_likeness(pieces, _pieces(name)), name] | some name in names])
	found[0] >= 50
}
