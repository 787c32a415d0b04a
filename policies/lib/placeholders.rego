package policies.lib.placeholders

# Keys whose text names a person, location, mechanism or reason, so that a placeholder can replace the text. `_hints` contains the same keys.
_keys := {
	"alert", "appId", "approver", "authority", "compensatingControl", "contact", "contract", "credential", "defaultRole", "escalateTo", "id",
	"matchKey", "offboarding", "offSwitch", "owner", "purpose", "queue", "reason", "runbook", "source", "sourceOfTruth", "sponsor", "successor",
	"system", "ticket", "to", "vault", "vendor",
	"domains", "groups", "members", "queues", # lists of such texts
}

# Words used instead of a missing value; spaces and underscores count as hyphens.
_words := {
	"anybody", "anyone", "asdf", "change-me", "changeme", "dummy", "everybody", "everyone", "fill-in", "fill-me-in", "foo", "foobar", "lorem",
	"my-team", "n.a", "n/a", "na", "nil", "no-one", "nobody", "none", "not-applicable", "not-available", "not-known", "not-set", "null",
	"owner-name", "placeholder", "qwerty", "replace-me", "replaceme", "some-team", "somebody", "someone", "team-name", "teamname", "tk",
	"to-be-announced", "to-be-confirmed", "to-be-decided", "to-be-defined", "to-be-determined", "to-be-done", "to-do", "unclear", "undecided",
	"undefined", "unknown", "whoever", "your-team",
	"later", "need-to-check", "needs-to-check", "not-known-yet", "not-yet", "not-yet-assigned", "not-yet-decided", "not-yet-defined",
	"not-yet-known", "pending", "to-check", "unassigned",
	# In German, French and Spanish.
	"a-definir", "a-définir", "aucun", "aucune", "desconocido", "folgt", "inconnu", "inconnue", "keine", "keiner", "n.n", "ninguno", "offen",
	"pendiente", "por-definir", "unbekannt", "à-definir", "à-définir",
}

# A text that begins with one of these words is a note. All of these words are in `_hint` and `_hints`, too.
_notes := `^(to-?do|tbd|tba|tbc|t\.b\.[acd]|fixme|x{3,}|lorem-ipsum)($|[^\p{L}\p{N}])`

# A name may begin like a note, for example `tbd-bank`.
_names_like_notes := `^(tbd|tba|tbc|fixme|todo|x{3,})-[a-z]`

# Forms of a template: <owner>, {{owner}}, ${OWNER}, $OWNER, %OWNER%, __OWNER__, [owner].
_template := `^(<[^<>]*>|\{\{.*\}\}|\$\{.*\}|\$[A-Za-z_]+|%[A-Za-z_]+%|__[A-Za-z_]+__|\[[^\[\]]*\])$`

# Every placeholder matches this regular expression, in lower case, and few other texts do, so the expensive tests run seldom.
_hint := `^[^a-z0-9]*(((any|every|some)(body|one)|no([-_ ]one|body|ne)|who(ever)?|(change|replace)[-_ ]?me|fill[-_ ](me[-_ ])?in|n[./]?a|nil|null|not[-_ ](applicable|available|known([-_ ]yet)?|set|yet[-_ a-z]*)|(my|some|your)[-_ ]team|(owner[-_ ]|team[-_ ]?)name|to[-_ ]be[-_ ][a-z]+|to[-_ ]do|un(clear|decided|defined|known)|asdf|dummy|foo(bar)?|lorem|placeholder|qwerty|tk|later|pend[a-z]+|unassigned|[a-z]*[-_ ]?to[-_ ]check|n\.n|unbekannt|offen|keiner?|folgt|inconnue?|aucune?|ninguno|desconocido|(por|a)?[-_ ]?d(e|é)finir)[^a-z0-9]*($|@)|to[-_ ]?do|tb[acd]|t\.b\.[acd]|fixme|xxx|lorem[-_ ]ipsum|$)|^\s*(<|\{\{|\$|%|__|\[)`

# Like `_hint`, but for a whole declaration as JSON. It matches the text of one of the keys, or of an item of a list.
_hints := `("(alert|appid|approver|authority|compensatingcontrol|contact|contract|credential|defaultrole|escalateto|id|matchkey|offboarding|offswitch|owner|purpose|queue|reason|runbook|source|sourceoftruth|sponsor|successor|system|ticket|to|vault|vendor|domains|groups|members|queues)":|[,\[])"((\\u[0-9a-f]{4}|\\.|[^a-z0-9"\\])*(((any|every|some)(body|one)|no([-_ ]one|body|ne)|who(ever)?|(change|replace)[-_ ]?me|fill[-_ ](me[-_ ])?in|n[./]?a|nil|null|not[-_ ](applicable|available|known([-_ ]yet)?|set|yet[-_ a-z]*)|(my|some|your)[-_ ]team|(owner[-_ ]|team[-_ ]?)name|to[-_ ]be[-_ ][a-z]+|to[-_ ]do|un(clear|decided|defined|known)|asdf|dummy|foo(bar)?|lorem|placeholder|qwerty|tk|later|pend[a-z]+|unassigned|[a-z]*[-_ ]?to[-_ ]check|n\.n|unbekannt|offen|keiner?|folgt|inconnue?|aucune?|ninguno|desconocido|(por|a)?[-_ ]?d(e|é|\\u00e9)finir)(\\u[0-9a-f]{4}|\\.|[^a-z0-9"\\])*("[,\]}]|@)|to[-_ ]?do|tb[acd]|t\.b\.[acd]|fixme|xxx|lorem[-_ ]ipsum|"[,\]}])|(\\u[0-9a-f]{4}|\\.|\s)*(<|\{\{|\$|%|__|\[))`

# The text is a placeholder.
is(text) if {
	regex.match(_hint, lower(text))
	_is_placeholder(text)
}

_is_placeholder(text) if _plain(text) in _words

_is_placeholder(text) if {
	regex.match(_notes, _plain(text))
	not regex.match(_names_like_notes, _plain(text))
}

_is_placeholder(text) if regex.match(_template, trim_space(text))

# A text without a letter or a digit has no meaning.
_is_placeholder(text) if not _legible(text)

# A placeholder as a mail address: todo@example.com.
_is_placeholder(text) if {
	[before, _] := split(text, "@")
	before != ""
	_plain(before) in (_words | {"fixme", "tbd", "todo", "xxx"})
}

_legible(text) if regex.match(`[\p{L}\p{N}]`, text)

_plain(text) := replace(replace(trim(lower(text), " \t\n.:;,!?<>()'\"`*-_#@"), " ", "-"), "_", "-")

_suspicious if regex.match(_hints, lower(json.marshal(input)))

# {path, text} of every placeholder in the declaration.
found contains {"path": path, "text": text} if {
	_suspicious
	some [path, text] in _texts
	is(text)
}

_texts contains [array.concat(path, [key]), text] if {
	some [path, block] in _blocks
	some key, text in object.filter(block, _keys)
	is_string(text)
	not _allowed(key, text)
}

_texts contains [array.concat(path, [key, at]), text] if {
	some [path, block] in _blocks
	some key, texts in object.filter(block, _keys)
	is_array(texts)
	some at, text in texts
	is_string(text)
	not _allowed(key, text)
}

# The mappings of a declaration, as deep as the schema goes, each with its path.
_blocks := [[path, block] |
	one := [[[top], block] | some top, block in object.filter(input, ["metadata", "spec"])]
	two := _nested_parts(one)
	three := _nested_parts(two)
	four := _nested_parts(three)
	some [path, block] in array.concat(array.concat(array.concat(one, two), array.concat(three, four)), _nested_parts(four))
	is_object(block)
]

_nested_parts(blocks) := [[array.concat(path, [key]), part] |
	some [path, block] in blocks
	some key, part in block
	_holds(part)
]

_holds(part) if is_object(part)

_holds(part) if is_array(part)

# A first sign-in may assign no role.
_allowed("defaultRole", text) if lower(text) in {"none", "pending", "unassigned"}

# Some directories use these names for a group of all people.
_allowed("groups", text) if lower(text) in {"anyone", "everybody", "everyone", "pending", "unassigned"}

# Usual names of queues in ticket systems.
_allowed(key, text) if {
	key in {"queue", "queues"}
	lower(text) in {"na", "pending", "unassigned"}
}

# A company has this name.
_allowed("vendor", text) if lower(text) == "later"
