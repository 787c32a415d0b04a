package policies.lib.systems

# Built-in Systems that match the declared one: those that it extends, or else the only built-in System of the same vendor and kind.
known contains name if {
	some name in data.leaver.builtin.extends[input.metadata.name]
}

known contains name if {
	count(_extended) == 0
	count(_of_vendor) == 1
	some name in _of_vendor
}

_extended := {name | some name in data.leaver.builtin.extends[input.metadata.name]}

_of_vendor := {name |
	vendor := lower(trim_space(input.spec.vendor))
	some name, system in data.leaver.builtin.System
	system.spec.vendor == vendor
	system.spec.kind == input.spec.kind
}

# The first place at which the facts of a built-in System are documented, from its `source`.
source(name) := regex.find_n(`^[^ ;,]+`, data.leaver.builtin.System[name].spec.source, 1)[0]

# How the System imports people from other systems: its own `imports`, or else those of the built-in Systems that match it.
imports contains feed if some feed in input.spec.imports

imports contains feed if {
	not input.spec.imports
	some name in known
	some feed in data.leaver.builtin.System[name].spec.imports
}

# Actions on a person that a System with this spec does not push to applications.
not_pushed(spec) := {"nothing"} | {action | some action in object.get(spec, "notPushed", [])}

# The System is the given built-in System: it has the same name, extends it, or describes the same product.
is_built_in(name, built_in) if name == built_in

is_built_in(name, built_in) if built_in in data.leaver.builtin.extends[name]

is_built_in(name, built_in) if {
	mine := data.leaver.catalogue.System[name].spec
	theirs := data.leaver.builtin.System[built_in].spec
	lower(trim_space(mine.vendor)) == theirs.vendor
	mine.kind == theirs.kind
}

# {path, mine, known, system} of each built-in fact that the declared System contradicts.
contradicted contains {"path": ["spec", key], "mine": mine, "known": fact, "system": system} if {
	some system in known
	some key, fact in data.leaver.builtin.System[system].spec
	not is_object(fact)
	some mine in [input.spec[key]]
	_differs(mine, fact)
	not _is_setting(system, key, mine, fact)
}

contradicted contains {"path": ["spec", key, part], "mine": mine, "known": fact, "system": system} if {
	some system in known
	some key, facts in data.leaver.builtin.System[system].spec
	is_object(facts)
	some part, fact in facts
	some mine in [input.spec[key][part]]
	_differs(mine, fact)
	not _is_setting(system, key, mine, fact)
}

_differs(mine, fact) if {
	not is_array(fact)
	_plain(mine) != _plain(fact)
}

# The order of a list is ignored.
_differs(mine, fact) if {
	is_array(fact)
	{item | some item in mine} != {item | some item in fact}
}

# The case of a name is ignored too.
_plain(value) := lower(trim_space(value)) if is_string(value)

_plain(value) := value if not is_string(value)

# An administrator can change or measure the value.
_is_setting(system, key, mine, fact) if {
	some setting in data.leaver.builtin.settings
	setting.key == key
	_applies_to(setting, system)
	_allows(setting, mine, fact)
}

_applies_to(setting, _) if not setting.systems

_applies_to(setting, system) if system in setting.systems

_allows(setting, _, _) if {
	not setting.only
	not setting.to
}

_allows(setting, mine, _) if mine in setting.to

_allows(setting, mine, fact) if {
	setting.only == "higher"
	mine > fact
}

_allows(setting, mine, fact) if {
	setting.only == "lower"
	mine < fact
}

_allows(setting, mine, fact) if {
	setting.only == "fewer"
	count({item | some item in mine} - {item | some item in fact}) == 0
}
