package policies.lib.signoffs

import data.policies.lib.dates

# All sign-offs of the current app.
records := object.get(data.leaver.signoffs, ["records", input.metadata.name], [])

# The app as the trusted commit declares it, if the change edits the app: a list with at most one entry.
_trusted_version := [_declared | _declared != {}]

_declared := object.get(data.leaver.signoffs, ["base", input.metadata.name], {})

# The app is no longer in the catalogue. Rules then evaluate its last known version.
gone if input.metadata.name in data.leaver.signoffs.gone

# The requirements that apply to the app.
requirements contains entry.requirement if some entry in _applicable

# {requirement, tier} of the current declaration.
_applicable contains {"requirement": requirement, "tier": _tier(input)} if {
	some requirement in data.leaver.signoffs.requirements
	_applies(requirement, input)
}

# {requirement, tier} of the declaration in the trusted commit.
_applicable contains {"requirement": requirement, "tier": _tier(app)} if {
	some app in _trusted_version
	some requirement in data.leaver.signoffs.requirements
	_applies(requirement, app)
}

# {requirement, tier} of the signed version, until all required people have signed the new declaration. Otherwise, an app could escape a requirement
# by lowering its tier, retiring or changing other values.
_applicable contains {"requirement": requirement, "tier": _tier(record.declared)} if {
	some record in _history
	some requirement in data.leaver.signoffs.requirements
	record.role in requirement.roles
	_applies(requirement, record.declared)
	not _released(requirement, record)
}

# A retired app needs no sign-off of its current version.
_applies(requirement, app) if {
	object.get(app, ["spec", "status"], "live") != "retired"
	_requirement_matches(requirement, app)
}

_requirement_matches(requirement, app) if {
	when := object.get(requirement, "when", {})
	_value_matches(app, "tier", object.get(when, "tiers", null))
	_value_matches(app, "dataClass", object.get(when, "dataClasses", null))
	labels := object.get(app, ["metadata", "labels"], {})
	every key, value in object.get(when, "labels", {}) {
		labels[key] == value
	}
}

# A missing value does not exempt an app from a requirement.
_value_matches(app, key, values) if {
	is_array(values)
	some value in [object.get(app, ["spec", key], values[0])]
	value in values
}

_value_matches(_, _, values) if values == null

# A missing tier counts as the most critical one, as in `apps.tier`.
_tier(app) := object.get(app, ["spec", "tier"], 1)

# Records of any version of the app, even if they no longer count. A reviewer of this catalogue has signed each record, and nobody has withdrawn it.
_history := [record |
	some record in records
	record.signature == "good"
	record.signer == record.reviewer
	not record.withdrawn == true
	not _in_other_catalogue(record)
]

signed if count(_history) > 0

_in_other_catalogue(record) if record.catalogue != object.get(data.leaver.signoffs, "catalogue", "")

# Valid records. Only these are compared with each other, since anyone can add thousands of invalid records.
_valid_records := [record | some record in records; _record_fault(record) == "none"]

# All required roles and enough people have signed the current declaration, and each of these people was entitled to sign the earlier version.
_released(requirement, record) if {
	tier := _tier(record.declared)
	final := [other |
		some other in _valid_records
		_approves(other)
		other.role in requirement.roles
		other.signedAt > record.signedAt
		other.changes.material == []
		other.approver.highestTier <= tier
	]
	{other.role | some other in final} == {role | some role in requirement.roles}
	count({person(other.reviewer) | some other in final}) >= quorum(requirement)
}

# Number of people who must sign.
quorum(requirement) := object.get(requirement, "quorum", count(requirement.roles))

# The name of a person, without differences in spelling.
person(name) := lower(trim_space(name))

# The first fault of a record, independent of the app's version.
_record_fault(record) := "bad-signature" if {
	not record.signature == "good"
} else := "unknown-signer" if {
	not _known(record)
} else := "key-not-valid" if {
	not _in_force(record)
} else := "other-catalogue" if {
	not _in_this_catalogue(record)
} else := "wrong-role" if {
	not _entitled(record)
} else := "self-signoff" if {
	owns(record.reviewer)
} else := "none"

# The key belongs to the named person, who is an approver.
_known(record) if {
	record.signer == record.reviewer
	record.approver
}

_in_force(record) if {
	record.keyValid == true
	record.revoked == false
}

# The sign-off names this catalogue. If this catalogue has no name, the sign-off must name none.
_in_this_catalogue(record) if object.get(record, "catalogue", "") == object.get(data.leaver.signoffs, "catalogue", "")

_entitled(record) if {
	record.role in record.approver.roles
	tiers := array.concat([_tier(input)], [_tier(app) | some app in _trusted_version])
	min(tiers) >= record.approver.highestTier
}

# A person, or a team of that person, owns the app or a part of it, such as a stage, now or in the trusted commit. The owners of `review` and
# `reconcile` do not count.
owns(someone) if count(owned(someone)) > 0

owned(someone) := {place.path |
	some app in array.concat([input], _trusted_version)
	some place in _owners(app)
	not _reviews_access(place.path)
	_is_or_belongs_to(someone, place.owner)
}

_reviews_access(path) if path[2] in {"review", "reconcile"}

_is_or_belongs_to(someone, owner) if person(someone) == person(owner)

_is_or_belongs_to(someone, owner) if {
	some name, teams in data.leaver.signoffs.belongs
	person(name) == person(someone)
	person(owner) in teams
}

# Every `owner` of an app, as deep as the schema goes: {path, owner}.
_owners(app) := {{"path": array.concat(path, ["owner"]), "owner": block.owner} |
	one := _nested_parts([[[], app]])
	two := _nested_parts(one)
	three := _nested_parts(two)
	four := _nested_parts(three)
	some [path, block] in array.concat(array.concat(one, two), array.concat(three, four))
	is_object(block)
	is_string(block.owner)
}

# The lists and mappings inside the given lists and mappings, each with its path.
_nested_parts(blocks) := [[array.concat(path, [key]), part] |
	some [path, block] in blocks
	some key, part in block
	_holds(part)
]

_holds(part) if is_object(part)

_holds(part) if is_array(part)

_approves(record) if record.decision in {"approved", "conditional"}

# The records that no later valid record of the same person and role replaces.
current contains record if {
	some record in records
	not _superseded(record)
}

_superseded(record) if {
	some other in _valid_records
	other.reviewer == record.reviewer
	other.role == record.role
	other.signedAt > record.signedAt
}

# The reason why a record does not count for a requirement, or "none" if it counts.
fault(record, requirement) := flaw if {
	flaw := _record_fault(record)
	flaw != "none"
} else := "wrong-role" if {
	record.approver.highestTier > strictest(requirement)
} else := "outdated-rejection" if {
	not _approves(record)
	not _unchanged(record)
} else := "rejected" if {
	not _approves(record)
} else := "stale" if {
	not _unchanged(record)
} else := "expired" if {
	not _in_date(record, requirement)
} else := "none"

# The most critical tier for which the requirement applies to the app.
strictest(requirement) := min({entry.tier | some entry in _applicable; entry.requirement == requirement})

_unchanged(record) if record.changes.material == []

_in_date(record, requirement) if days_left(record, requirement) >= 0

# The number of days for which a record still counts for a requirement. A record ends on its own end date, or when it is too old.
days_left(record, requirement) := min([
	dates.days_left(record.validUntil),
	requirement.maxAgeDays - dates.days_since(record.signedOn),
])

# {requirement, role, records} of each required role, with the records that count.
required_roles contains {"requirement": requirement, "role": role, "records": counting} if {
	some requirement in requirements
	some role in requirement.roles
	counting := {record | some record in current; record.role == role; fault(record, requirement) == "none"}
}

# People who have signed for a requirement.
signers(requirement) := {person(record.reviewer) |
	some required in required_roles
	required.requirement == requirement
	some record in required.records
}

# All roles and enough people have signed.
fulfilled(requirement) if {
	count([required | some required in required_roles; required.requirement == requirement; required.records == set()]) == 0
	count(signers(requirement)) >= quorum(requirement)
}

# {record, requirement, fault} of each record of a role without a valid record.
failing contains {"record": record, "requirement": required.requirement, "fault": found} if {
	some required in required_roles
	required.records == set()
	some record in current
	record.role == required.role
	found := fault(record, required.requirement)
}

# {requirement, role} of each role without a valid record, unless a fault of one of its records is reported.
unsigned_roles contains {"requirement": required.requirement, "role": required.role} if {
	some required in required_roles
	required.records == set()
	explained := {failure.fault |
		some failure in failing
		failure.record.role == required.role
		failure.requirement == required.requirement
		failure.fault != "outdated-rejection"
	}
	explained == set()
}

# Records with a given fault. A record that fails for several requirements occurs once.
failed(reason) := {failure.record | some failure in failing; failure.fault == reason}

by(record) := sprintf("%s as %s on %s", [record.reviewer, record.role, record.signedOn])
