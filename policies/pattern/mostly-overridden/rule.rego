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
#       source: a judgement
#     minValues:
#       type: integer
#       default: 6
#       description: Minimum number of values of a pattern for the check to apply
#       unit: count
#       source: a judgement
package policies.pattern["mostly-overridden"]

_params := data.leaver.params["pattern/mostly-overridden"]
_pattern := data.leaver.catalogue.Pattern[input.spec.pattern].spec

# One list for each level that the schema allows. A list has the parts of the pattern that differ in the app, each with the keys that lead to the
# part. Parts that are equal in the app are not compared at the next level.
_changes_at_level_1 := [[part, a] |
	some a, part in _pattern
	a != "pattern"
	object.get(input.spec, a, null) != part
]

_changes_at_level_2 := [[part, a, b] |
	some [block, a] in _changes_at_level_1
	is_object(block)
	some b, part in block
	object.get(input.spec, [a, b], null) != part
]

_changes_at_level_3 := [[part, a, b, c] |
	some [block, a, b] in _changes_at_level_2
	is_object(block)
	some c, part in block
	object.get(input.spec, [a, b, c], null) != part
]

_changes_at_level_4 := [part |
	some [block, a, b, c] in _changes_at_level_3
	is_object(block)
	some d, part in block
	object.get(input.spec, [a, b, c, d], null) != part
]

_number_of_values(changes) := count([1 |
	some change in changes
	not is_object(change[0])
])

_overridden := ((_number_of_values(_changes_at_level_1) + _number_of_values(_changes_at_level_2)) + _number_of_values(_changes_at_level_3)) + count(_changes_at_level_4)

# The parts of the pattern, level by level, to count its values.
_parts_at_level_1 := [part |
	some a, part in _pattern
	a != "pattern"
]

_parts_at_level_2 := _parts_in(_parts_at_level_1)

_parts_at_level_3 := _parts_in(_parts_at_level_2)

_parts_in(blocks) := [part |
	some block in blocks
	is_object(block)
	some part in block
]

_values := count([part |
	some part in array.concat(array.concat(_parts_at_level_1, _parts_at_level_2), _parts_at_level_3)
	not is_object(part)
]) + count(_parts_in(_parts_at_level_3))

findings contains {"path": ["spec", "pattern"], "message": message, "related": related} if {
	input.spec.pattern

	# This condition follows from the next two. It is cheap and fails for most apps, so that the values of their pattern need not be counted.
	_overridden * 100 > _params.minValues * _params.percent
	_values >= _params.minValues
	_overridden * 100 > _values * _params.percent
	message := sprintf("%s: the app overrides %d of %d values of its pattern `%s` (limit %d percent)", [
		input.metadata.name, _overridden, _values, input.spec.pattern, _params.percent,
	])
	related := [{"kind": "Pattern", "name": input.spec.pattern, "path": ["spec"], "message": "the pattern"}]
}
