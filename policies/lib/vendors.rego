package policies.lib.vendors

import data.policies.lib.dates

# The product that the app names, if it is known.
vendor := row if {
	row := data.leaver.vendors[lower(input.metadata.vendor)]
	not row["is"]
}

vendor := data.leaver.vendors[row["is"]] if row := data.leaver.vendors[lower(input.metadata.vendor)]

# Name → fact, of that product: `value`, `source`, `asOf` and what else is known of it.
facts := vendor.facts

# A fact that is not older than so many days. A date that is a year or a month counts to its end.
fresh(fact, days) if dates.days_since(_day(fact.asOf)) <= days

_day(as_of) := as_of if count(as_of) == 10

_day(as_of) := concat("-", [as_of, "28"]) if count(as_of) == 7

_day(as_of) := concat("-", [as_of, "12-31"]) if count(as_of) == 4

# Somebody read it on a page of the vendor or of an identity provider.
read_by_a_person(fact) if fact.quality == "high"

# What the user has written without a quality is the user's own word.
read_by_a_person(fact) if not fact.quality

# Source and date, as a message ends.
cited(fact) := sprintf("%s; %s", [fact.source, fact.asOf])

# What the product does by its own word, said of an effect.
effects := {
	"suspend": "suspends the account",
	"remove-membership": "takes the account out of the organisation and leaves it in place",
	"delete": "deletes the account",
	"nothing": "does nothing",
	"refused": "is refused",
}
