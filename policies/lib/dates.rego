package policies.lib.dates

# Whole days from one day to another, both YYYY-MM-DD; negative where the second is earlier. Undefined where either is no day.
days_between(from, to) := (_ns(to) - _ns(from)) / 86400000000000

# Days that are left until a day; negative where it is over.
days_left(day) := (_ns(day) - _today) / 86400000000000

# Days since a day.
days_since(day) := (_today - _ns(day)) / 86400000000000

# Further ahead than time zones explain: it cannot have taken place. The limit is that of `review/future-date`, for every rule.
future(day) if days_left(day) > data.leaver.params["review/future-date"].maxDays

_today := _ns(data.leaver.today)

_ns(day) := time.parse_rfc3339_ns(concat("", [day, "T00:00:00Z"]))
