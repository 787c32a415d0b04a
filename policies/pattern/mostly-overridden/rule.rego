# METADATA
# title: App that overrides most of its pattern
# description: An app that overrides most of its pattern does not work as the pattern describes. Readers are misled, and edits of the
#   pattern do not affect the app.
# custom:
#   severity: info
#   precision: medium
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `spec.pattern` to a pattern that fits the app, or declare the app without one.
#   controls:
#     nist-800-53: [CM-2]
#   params:
#     percent:
#       type: integer
#       default: 50
#       description: Maximum share of the values of its pattern that an app may override
#       unit: percent
#       source: leaver
#     minValues:
#       type: integer
#       default: 6
#       description: Minimum number of values of a pattern for the check to apply
#       unit: count
#       source: leaver
package policies.pattern["mostly-overridden"]

_params := data.leaver.params["pattern/mostly-overridden"]
_pattern := data.leaver.catalogue.Pattern[input.spec.pattern].spec
# [path, value] of every value of the pattern, as deep as the schema goes.
_values := array.concat(array.concat(_first, _second), array.concat(_third, _fourth))

_first := [[[a], value] |
	some a, value in _pattern
	a != "pattern"
	not is_object(value)
]

_blocks := [[[a], part] |
	some a, part in _pattern
	is_object(part)
]

_second := [[array.concat(path, [b]), value] |
	some [path, part] in _blocks
	some b, value in part
	not is_object(value)
]

_inner_blocks := [[array.concat(path, [b]), block] |
	some [path, part] in _blocks
	some b, block in part
	is_object(block)
]

_third := [[array.concat(path, [c]), value] |
	some [path, block] in _inner_blocks
	some c, value in block
	not is_object(value)
]

_fourth := [[array.concat(path, [c, d]), value] |
	some [path, block] in _inner_blocks
	some c, inner in block
	is_object(inner)
	some d, value in inner
]

_overridden := [path |
	some [path, value] in _values
	object.get(input.spec, path, null) != value
]

# Most apps override nothing, and that is cheaper to test than to count the values.
_overrides if {
	some a, value in _pattern
	a != "pattern"
	not is_object(value)
	object.get(input.spec, a, null) != value
}

_overrides if {
	some a, part in _pattern
	is_object(part)
	some b, value in part
	not is_object(value)
	object.get(input.spec, [a, b], null) != value
}

_overrides if {
	some a, part in _pattern
	is_object(part)
	some b, block in part
	is_object(block)
	some c, value in block
	not is_object(value)
	object.get(input.spec, [a, b, c], null) != value
}

_overrides if {
	some a, part in _pattern
	is_object(part)
	some b, block in part
	is_object(block)
	some c, inner in block
	is_object(inner)
	some d, value in inner
	object.get(input.spec, [a, b, c, d], null) != value
}

findings contains {"path": ["spec", "pattern"], "message": message, "related": related} if {
	_overrides
	count(_values) >= _params.minValues
	count(_overridden) * 100 > count(_values) * _params.percent
	message := sprintf("%s: the app overrides %d of %d values of its pattern `%s` (limit %d percent)", [
		input.metadata.name, count(_overridden), count(_values), input.spec.pattern, _params.percent,
	])
	related := [{"kind": "Pattern", "name": input.spec.pattern, "path": ["spec"], "message": "the pattern"}]
}
