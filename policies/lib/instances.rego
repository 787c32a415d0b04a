package policies.lib.instances

import data.policies.lib.apps

# The instances of an app that is not retired, by index.
live[at] := instance if {
	apps.alive
	some at, instance in input.spec.instances
}

# Instances that are copied from another one, by `refreshedFrom` or `refresh`.
refreshed[at] := instance if {
	some at, instance in live
	count(object.filter(instance, ["refreshedFrom", "refresh"])) > 0
}

names := {instance.name | some instance in input.spec.instances}

# Suffix of a message that suggests the most similar instance; "" if none is similar. Instance names are short (`prod`, `dev`, `uat`), so names are
# similar if they share pairs of letters, or letters in any order.
hint(word, others) := sprintf("; the most similar is `%s`", [found[1]]) if {
	found := _best(word, others)
	found[0] >= 50
}

hint(word, others) := "" if {
	found := _best(word, others)
	found[0] < 50
}

_best(word, others) := max(array.concat([[0, ""]], [[_likeness(lower(word), lower(other)), other] | some other in others]))

_likeness(one, other) := max({_shared(_pairs(one), _pairs(other)), _shared(_letters(one), _letters(other)) - 20})

_shared(one, other) := (200 * count(one & other)) / (count(one) + count(other))

_letters(word) := {letter | some letter in split(word, "")}

_pairs(word) := {substring(edged, at, 2) |
	edged := sprintf(" %s ", [word])
	some at in numbers.range(0, count(word))
}

# A team closes accounts by a mechanism that can close them. A sign-in cannot close accounts.
closed(how) if {
	how.owner
	how.via
	not how.via in {"none", "jit"}
}

# The key that is missing or wrong if nobody closes the accounts.
missing(how) := "owner" if not how.owner

missing(how) := "via" if {
	how.owner
	not closed(how)
}

# A refresh replaces the accounts with those of another instance. A missing `accounts` counts as `copied`.
copied(instance) if instance.refresh.accounts == "copied"

copied(instance) if not instance.refresh.accounts
