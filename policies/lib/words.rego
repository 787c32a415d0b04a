package policies.lib.words

# The trigrams of a word. Shared trigrams show how similar two words are, even if letters are missing or swapped.
_pieces(word) := {substring(word, at, 3) |
	some at in numbers.range(0, max([0, count(word) - 3]))
}

_likeness(one, other) := (200 * count(one & other)) / (count(one) + count(other))

# The most similar of `names`; undefined if none is similar.
nearest(word, names) := found[1] if {
	found := _best(word, names)
	found[0] >= 50
}

_best(word, names) := max(array.concat([[0, ""]], [[_likeness(pieces, _pieces(name)), name] |
	pieces := _pieces(word)
	some name in names
]))

# The texts with the same beginning as the word. In `texts`, each text is below its beginning: two characters, or more if many texts share the two.
alike(word, texts) := [text |
	some end in numbers.range(2, max([2, min([40, count(word)])]))
	some text in texts[substring(word, 0, end)]
]

# Suffix of a message that suggests the most similar name; "" if none is similar.
hint(word, names) := sprintf("; the most similar is `%s`", [found[1]]) if {
	found := _best(word, names)
	found[0] >= 50
}

hint(word, names) := "" if {
	found := _best(word, names)
	found[0] < 50
}
