package policies.lib.sign_ons

import data.policies.lib.ids
import data.policies.lib.populations

# How people sign in to an app. `spec.signOn` is one sign-on, with others in `also`, or a list. Rules read both forms here. The System of SCIM is
# that of the first sign-on, unless a stage names another System.

# [path, sign-on] of all sign-ons in a `spec`.
of(spec) := array.concat(
	array.concat(
		[[["spec", "signOn"], how] | some how in [spec.signOn]; is_object(how)],
		[[["spec", "signOn", at], how] | is_array(spec.signOn); some at, how in spec.signOn],
	),
	[[["spec", "signOn", "also", at], how] | some at, how in spec.signOn.also],
)

# The sign-ons of the current app.
written := of(input.spec)

# The sign-ons of the current population, or of the app. Sign-ons that serve only populations with their own description do not count for the app.
current := serving(input.spec, object.get(input, ["metadata", "population"], ""))

serving(spec, population) := [[path, how] |
	apart := _described_populations(spec)
	some [path, how] in of(spec)
	_covers(how, population, apart)
]

_covers(how, _, _) if count(object.get(how, "populations", [])) == 0

_covers(how, "", apart) if {
	some name in how.populations
	not name in apart
}

_covers(how, population, _) if population in how.populations

# Populations with their own description.
_described_populations(spec) := {population.name |
	some population in spec.populations
	is_object(population)
}

# The Systems through which people sign in.
systems contains how.system if {
	some [_, how] in current
	how.system
}

# The System that pushes accounts by SCIM.
system := current[0][1].system

# All sign-ons except the first one, whose accounts count as closed: a System through which nobody signs in may close them. Exception: if the System
# of a later sign-on is in `closing` (the Systems that close accounts), the first sign-on is included, too.
besides(closing) := array.concat([sign_on | some sign_on in array.slice(current, 0, 1); _is_other(closing)], _other_sign_ons)

_other_sign_ons := array.slice(current, 1, count(current))

_is_other(closing) if {
	some [_, how] in _other_sign_ons
	how.system in closing
}

# Sign-ons through an identity provider.
federated contains [path, how] if {
	some [path, how] in current
	how.protocol in {"saml", "oidc", "ws-federation"}
}

# Sign-ons with a directory password, which the app may also store.
by_directory contains [path, how] if {
	some [path, how] in current
	how.protocol in {"ldap", "kerberos", "radius"}
}

# Suffix of a message that names the System of one of several sign-ons.
by(how) := sprintf(" through %s", [how.system]) if {
	count(current) > 1
	how.system
}

by(how) := "" if not _is_one_of_several(how)

_is_one_of_several(how) if {
	count(current) > 1
	how.system
}

# [path, description] of each required key that a sign-on lacks, for an app with accounts.
questions contains [["spec", "signOn", "protocol"], "how people sign in"] if count(current) == 0

questions contains [array.concat(path, ["protocol"]), sprintf("how people sign in%s", [by(how)])] if {
	some [path, how] in current
	not how.protocol
}

questions contains [array.concat(path, [key]), concat("", [what, by(how)])] if {
	some [path, how] in federated
	some key, what in _undecided
	object.get(how, key, null) == null
}

# `signon/not-enforced` reports a sign-on that can be bypassed by a password.
questions contains [array.concat(path, ["passwordReset"]), sprintf("whether people who sign in%s can set a password in the app", [by(how)])] if {
	some [path, how] in federated
	how.enforced == true
	not is_boolean(object.get(how, "passwordReset", null))
}

_undecided := {
	"system": "which system signs people in",
	"assignmentRequired": "whether only assigned people can sign in",
	"appId": "through which application of the identity provider people sign in",
}

# [path, sign-on] of all sign-ons of an app, including those of populations with their own description. For rules on the whole catalogue.
anywhere(app) := array.concat(own, apart) if {
	own := of(app.spec)
	named := {[how.system, ids.compared(how.appId)] | some [_, how] in own}
	apart := [[array.concat(["spec", "populations", nth], array.slice(path, 1, count(path))), how] |
		some [nth, population] in populations.of(app)
		population.signOn
		some [path, how] in of(object.union(object.filter(app.spec, ["signOn"]), object.filter(population, ["signOn"])))
		not [how.system, ids.compared(how.appId)] in named
	]
}

# Methods of `revokeSessions` that the identity provider sends to the product.
logout_methods := {"universal-logout", "shared-signals", "back-channel-logout"}
