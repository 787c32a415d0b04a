package policies.lib.dates

# Whole days from one date to another, both YYYY-MM-DD; negative if the second is earlier. Undefined if either is invalid.
days_between(from, to) := (_ns(to) - _ns(from)) / 86400000000000

# Days left until a date; negative if the date has passed.
days_left(day) := (_ns(day) - _today) / 86400000000000

# Days since a date.
days_since(day) := (_today - _ns(day)) / 86400000000000

# The date is further in the future than different time zones explain. All rules use the limit of `review/future-date`.
future(day) if days_left(day) > data.leaver.params["review/future-date"].maxDays

_today := _ns(data.leaver.today)

_ns(day) := time.parse_rfc3339_ns(concat("", [day, "T00:00:00Z"]))
