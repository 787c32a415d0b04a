package policies.lib.signoffs

import data.policies.lib.apps
import data.policies.lib.dates
import data.policies.lib.teams

# Everything that was signed, or should have been, about the app that is judged.
records := object.get(data.leaver.signoffs, ["records", input.metadata.name], [])

# What the app has to fulfil, by what it declares.
requirements contains requirement if {
	apps.alive
	some requirement in data.leaver.signoffs.requirements
	_fits(requirement, input)
}

# And by what it declared when it was signed, until somebody of the same requirement has signed the new declaration: an app does not leave by
# calling itself less critical.
requirements contains requirement if {
	apps.alive
	some requirement in data.leaver.signoffs.requirements
	some record in _sound
	record.role in requirement.roles
	_fits(requirement, record.declared)
	not _released(requirement, record)
}

# Records without a flaw. What is held against each other is held against these alone: anyone can bring thousands of the rest.
_sound := [record | some record in records; _flaw(record) == "none"]

_released(requirement, record) if {
	some other in _sound
	_agrees(other)
	other.role in requirement.roles
	other.signedAt > record.signedAt
	other.changes.material == []
	other.approver.highestTier <= object.get(record.declared, ["spec", "tier"], _tier)
}

# What an app without a tier counts as, as in `apps.tier`.
_tier := 3

_fits(requirement, app) if {
	when := object.get(requirement, "when", {})
	object.get(app, ["spec", "tier"], _tier) in object.get(when, "tiers", [1, 2, 3, 4])
	class := object.get(app, ["spec", "dataClass"], "")
	class in object.get(when, "dataClasses", [class])
	labels := object.get(app, ["metadata", "labels"], {})
	every key, value in object.get(when, "labels", {}) {
		labels[key] == value
	}
}

# What is wrong with a record, whatever it says of the app: the first of these.
_flaw(record) := "bad-signature" if {
	not record.signature == "good"
} else := "unknown-signer" if {
	not _known(record)
} else := "key-not-valid" if {
	not _in_force(record)
} else := "wrong-role" if {
	not _entitled(record)
} else := "self-signoff" if {
	owns(record.reviewer)
} else := "none"

# The key is that of the person who is named, and the person is an approver.
_known(record) if {
	record.signer == record.reviewer
	record.approver
}

_in_force(record) if {
	record.keyValid == true
	record.revoked == false
}

_entitled(record) if {
	record.role in record.approver.roles
	object.get(input, ["spec", "tier"], _tier) >= record.approver.highestTier
}

# A person, or a team of which somebody is a member, that owns the app or acts in it. Reviewing access is no part of acting.
owns(person) if count(owned(person)) > 0

owned(person) := {place.path |
	some place in teams.named
	place.path[count(place.path) - 1] == "owner"
	not _watches(place.path)
	_is(person, place.team)
}

_watches(path) if path[2] in {"review", "reconcile"}

_is(person, team) if person == team

_is(person, team) if person in data.leaver.catalogue.Team[team].spec.members

_agrees(record) if record.decision in {"approved", "conditional"}

# Of each person and role the last word that counts, and what has no standing yet.
current contains record if {
	some record in records
	not _superseded(record)
}

_superseded(record) if {
	some other in _sound
	other.reviewer == record.reviewer
	other.role == record.role
	other.signedAt > record.signedAt
}

# What keeps a record from counting for a requirement; "none" where it counts.
fault(record, requirement) := flaw if {
	flaw := _flaw(record)
	flaw != "none"
} else := "outdated-rejection" if {
	not _agrees(record)
	not _same(record)
} else := "rejected" if {
	not _agrees(record)
} else := "stale" if {
	not _same(record)
} else := "expired" if {
	not _fresh(record, requirement)
} else := "none"

_same(record) if record.changes.material == []

_fresh(record, requirement) if left(record, requirement) >= 0

# Days that a record still counts for a requirement: until its own end, or until it is too old.
left(record, requirement) := min([
	dates.days_left(record.validUntil),
	requirement.maxAgeDays - dates.days_since(record.signedOn),
])

# {requirement, role, records}: for each role that must sign, the records that count.
seats contains {"requirement": requirement, "role": role, "records": counting} if {
	some requirement in requirements
	some role in requirement.roles
	counting := {record | some record in current; record.role == role; fault(record, requirement) == "none"}
}

# {record, requirement, fault}: for each role that nobody fills, the records that would fill it but for a fault.
failing contains {"record": record, "requirement": seat.requirement, "fault": found} if {
	some seat in seats
	seat.records == set()
	some record in current
	record.role == seat.role
	found := fault(record, seat.requirement)
}

# {requirement, role}: roles that nobody fills, with no record that could explain why.
vacant contains {"requirement": seat.requirement, "role": seat.role} if {
	some seat in seats
	seat.records == set()
	explained := {one.fault |
		some one in failing
		one.record.role == seat.role
		one.requirement == seat.requirement
		one.fault != "outdated-rejection"
	}
	explained == set()
}

# Records that fail for one reason, each once whatever the number of requirements.
failed(reason) := {one.record | some one in failing; one.fault == reason}

# Who, in which role, when.
by(record) := sprintf("%s as %s on %s", [record.reviewer, record.role, record.signedOn])
