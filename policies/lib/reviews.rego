package policies.lib.reviews

import data.policies.lib.apps

# The privileged roles of an app that is not retired, by index.
privileged[at] := role if {
	apps.alive
	some at, role in input.spec.roles
	role.privileged == true
}

# `everyDays` and `last` of the app's review, if the review covers administrators or has no `covers`.
of_admins[key] := value if {
	_covers_admins
	some key, value in object.filter(input.spec.lifecycle.review, ["everyDays", "last"])
}

_covers_admins if "admins" in input.spec.lifecycle.review.covers

_covers_admins if not input.spec.lifecycle.review.covers
