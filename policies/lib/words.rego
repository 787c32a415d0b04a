package policies.lib.words

# A word in pieces of three letters. What two words share of them says how near they are, whatever was left out or swapped.
_pieces(word) := {substring(word, at, 3) |
	some at in numbers.range(0, max([0, count(word) - 3]))
}

_likeness(one, other) := (200 * count(one & other)) / (count(one) + count(other))

# The one of `names` that `word` was most likely meant to be; undefined where none is like it.
nearest(word, names) := found[1] if {
	found := _best(word, names)
	found[0] >= 50
}

_best(word, names) := max(array.concat([[0, ""]], [[_likeness(pieces, _pieces(name)), name] |
	pieces := _pieces(word)
	some name in names
]))

# Those of `texts`, by their first characters, two or as many as tell them apart, that begin like the word: few, however many there are.
alike(word, texts) := [text |
	some end in numbers.range(2, max([2, min([40, count(word)])]))
	some text in texts[substring(word, 0, end)]
]

# The end of a message that tells it; "" where none is like it.
hint(word, names) := sprintf("; the nearest is `%s`", [found[1]]) if {
	found := _best(word, names)
	found[0] >= 50
}

hint(word, names) := "" if {
	found := _best(word, names)
	found[0] < 50
}
