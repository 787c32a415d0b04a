package policies.lib.reviews

import data.policies.lib.apps

# Place → role, of all privileged roles of an app that is not retired.
privileged[at] := role if {
	apps.alive
	some at, role in input.spec.roles
	role.privileged == true
}

# What the review of the app says (`everyDays`, `last`), where it looks at administrators or does not say at whom.
of_admins[key] := value if {
	_looks_at_admins
	some key, value in object.filter(input.spec.lifecycle.review, ["everyDays", "last"])
}

_looks_at_admins if "admins" in input.spec.lifecycle.review.covers

_looks_at_admins if not input.spec.lifecycle.review.covers
