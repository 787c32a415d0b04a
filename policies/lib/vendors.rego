package policies.lib.vendors

import data.policies.lib.dates

# The product that the app names, if it is known.
vendor := row if {
	row := data.leaver.vendors[lower(input.metadata.vendor)]
	not row["is"]
}

vendor := data.leaver.vendors[row["is"]] if row := data.leaver.vendors[lower(input.metadata.vendor)]

# The facts of that product by name, each with `value`, `source`, `asOf` and other keys.
facts := vendor.facts

# The fact is not older than the given days. Its date may be a year, which counts as December 31, or a month, which counts as the 28th.
fresh(fact, days) if dates.days_since(_day(fact.asOf)) <= days

_day(as_of) := as_of if count(as_of) == 10

_day(as_of) := concat("-", [as_of, "28"]) if count(as_of) == 7

_day(as_of) := concat("-", [as_of, "12-31"]) if count(as_of) == 4

# A person read the fact on a page of the vendor or of an identity provider.
read_by_a_person(fact) if fact.quality == "high"

# A user's own fact without `quality` is trusted.
read_by_a_person(fact) if not fact.quality

# Source and date, as the suffix of a message.
cited(fact) := sprintf("%s; %s", [fact.source, fact.asOf])

# Texts for the effects of a request.
effects := {
	"suspend": "suspends the account",
	"remove-membership": "removes the account from the organisation but does not delete it",
	"delete": "deletes the account",
	"nothing": "does nothing",
	"refused": "is refused",
}

_surviving := {
	"revokeCredentials": ["keys", {
		"survive": "keys and tokens of a person",
		"partly": "keys of the organisation that a person created",
	}],
	"revokeSessions": ["sessions", {"survive": "open sessions"}],
}

# For each stage that revokes access: the access that survives a deactivation (`what`), and the fact that states this.
survivors[stage] := {"what": what, "fact": fact} if {
	some stage, [name, by_value] in _surviving
	some fact in [facts[name]]
	some what in [by_value[fact.value]]
}
