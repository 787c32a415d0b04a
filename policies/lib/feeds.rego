package policies.lib.feeds

import data.policies.lib.durations

# A path shows how a change travels from the source to a System. It is a list of hops, each {from, to, minutes, at}, and begins with the hop into the
# System. It has up to six hops and visits each System once.

_hops(name) := {hop |
	some at, feed in data.leaver.catalogue.System[name].spec.fedBy
	feed.system != name
	hop := {"from": feed.system, "to": name, "minutes": _minutes(feed), "at": at}
}

_minutes(feed) := object.get(feed, "syncMinutes", 0) + (object.get(feed, "delayDays", 0) * 1440)

_longer(paths) := {longer |
	some path in paths
	seen := {hop.to | some hop in path}
	some hop in _hops(path[count(path) - 1].from)
	count({hop.from} - seen) == 1
	longer := array.concat(path, [hop])
}

# All paths that lead to a System.
paths(name) := all if {
	one := {[hop] | some hop in _hops(name)}
	two := _longer(one)
	three := _longer(two)
	four := _longer(three)
	five := _longer(four)
	six := _longer(five)
	all := (((one | two) | three) | ((four | five) | six))
}

# Systems that feed a System, directly or indirectly.
sources(name) := {path[count(path) - 1].from | some path in paths(name)}

length(path) := sum([hop.minutes | some hop in path])

# The paths that start at the source of truth. If there are none, all paths that start at a System without feeds.
counted(name, source) := from if {
	from := {path | some path in paths(name); path[count(path) - 1].from == source}
	count(from) > 0
}

counted(name, source) := whole if {
	all := paths(name)
	count({path | some path in all; path[count(path) - 1].from == source}) == 0
	whole := {path | some path in all; count(_hops(path[count(path) - 1].from)) == 0}
}

# [minutes, path] of the slowest relevant path.
slowest(name, source) := max({[length(path), path] | some path in counted(name, source)})

# Text of a path: workday → (24 h) okta.
path_text(path) := concat("", array.concat([path[count(path) - 1].from], [text |
	some back in numbers.range(1, count(path))
	hop := path[count(path) - back]
	text := sprintf(" → (%s) %s", [time_of(hop.minutes), hop.to])
]))

time_of(minutes) := "at once" if minutes == 0

time_of(minutes) := durations.minutes(minutes) if minutes > 0

# The related places of a path.
places(path) := [{"kind": "System", "name": hop.to, "path": ["spec", "fedBy", hop.at], "message": message} |
	some hop in path
	message := sprintf("%s feeds %s: %s", [hop.from, hop.to, time_of(hop.minutes)])
]

# The paths that lead from a System back to itself.
cycles(name) := {array.concat(path, [hop]) |
	some path in paths(name) | {[]}
	some hop in _last_hops(name, path)
	hop.from == name
}

_last_hops(name, path) := _feeds(name) if count(path) == 0

_last_hops(_, path) := _feeds(path[count(path) - 1].from) if count(path) > 0

_feeds(name) := {{"from": feed.system, "to": name, "minutes": _minutes(feed), "at": at} |
	some at, feed in data.leaver.catalogue.System[name].spec.fedBy
}
